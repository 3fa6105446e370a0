"""The metal that some knees carry: the screws of a rebuilt anterior cruciate ligament (all numbers assumed)."""

from __future__ import annotations

from OrthoDiffusionLib.lab.phantom.engine.hardware import Hardware

KNEE_HARDWARE = Hardware(
    chance=0.025,
    # From the joint down through the front of the tibia, and up through the lateral condyle.
    tunnels=(((0.0, 2.0, -6.0), (-10.0, 18.0, -38.0)), ((4.0, -10.0, 14.0), (22.0, 2.0, 40.0))),
    bones=(1, 2),
)

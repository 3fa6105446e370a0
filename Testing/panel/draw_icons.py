"""Draws the module's icon and the sample exam's thumbnail anew: python Testing/panel/draw_icons.py"""

from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "OrthoDiffusion" / "Resources" / "Icons"

# A knee from the side, in units of a 128 × 128 square; drawn larger and made smaller, for smooth edges.
FEMUR = [(52, -4), (76, -4), (78, 34), (90, 48), (88, 66), (72, 74), (54, 73), (44, 62), (46, 46), (52, 34)]
TIBIA = [(42, 84), (88, 84), (84, 100), (76, 112), (75, 132), (54, 132), (53, 112), (44, 100)]
PATELLA = [(30, 38), (38, 36), (42, 46), (41, 58), (34, 64), (28, 56), (26, 46)]
FIBULA = [(90, 96), (97, 98), (95, 132), (88, 132)]
BONE, EDGE = (241, 214, 145, 255), (92, 70, 30, 255)
CARTILAGE, MENISCUS, LIGAMENT = (72, 169, 230, 255), (196, 84, 196, 255), (232, 74, 62, 255)
SCALE = 8


def draw_icon(size=128):
    """The module's icon: bones, cartilage, menisci and a cruciate in the structures' own colours."""
    image = Image.new("RGBA", (128 * SCALE, 128 * SCALE))
    pen = ImageDraw.Draw(image)

    def scaled(points):
        return [(SCALE * x, SCALE * y) for x, y in points]

    for outline in (FEMUR, TIBIA, FIBULA, PATELLA):
        pen.polygon(scaled(outline), fill=BONE, outline=EDGE, width=2 * SCALE)
    pen.line(scaled([(45, 62), (54, 73), (72, 75), (88, 66)]), fill=CARTILAGE, width=4 * SCALE, joint="curve")
    pen.polygon(scaled([(44, 82), (44, 74), (56, 81)]), fill=MENISCUS)
    pen.polygon(scaled([(87, 82), (88, 74), (75, 81)]), fill=MENISCUS)
    pen.line(scaled([(72, 66), (58, 84)]), fill=LIGAMENT, width=5 * SCALE)
    return image.resize((size, size), Image.LANCZOS)


def draw_thumbnail():
    """The middle sagittal slice of the sample exam, hung as in the reading room."""
    import numpy as np

    from OrthoDiffusionLib.volumes import read_volume

    volume = read_volume(ROOT / "Resources" / "SampleData" / "knee_exam" / "S09_sag_fs.nii.gz")
    permutation, flips = volume.geometry.reorientation_to("LIP")
    array = np.transpose(volume.array, permutation)
    array = np.flip(array, [axis for axis, flip in enumerate(flips) if flip])
    middle = array[array.shape[0] // 2].astype(float)
    grey = np.clip(255 * middle / np.percentile(middle, 99.5), 0, 255).astype(np.uint8)
    return Image.fromarray(grey).resize((260, 260), Image.LANCZOS)


if __name__ == "__main__":
    ICONS.mkdir(parents=True, exist_ok=True)
    draw_icon().save(ICONS / "OrthoDiffusion.png", optimize=True)
    draw_thumbnail().save(ICONS / "KneeThreePlanes.png", optimize=True)

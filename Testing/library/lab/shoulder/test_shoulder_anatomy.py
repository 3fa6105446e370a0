"""A digital shoulder's structures lie where anatomy says, in millimetres; sources stand in the simulator."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation
from scipy.ndimage import label as pieces_of

from OrthoDiffusionLib.lab.phantom.engine.turned import places
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.bones import rim_line
from OrthoDiffusionLib.lab.phantom.shoulder.humerus import CAP_DEG, off_axis_deg

from .conftest import LABELS


def away(points, place):
    return float(np.sqrt(((points - place) ** 2).sum(axis=1)).min())


def test_every_structure_is_there_and_each_bone_is_one_piece(healthy):
    volumes = {name: healthy.is_(name).sum() * healthy.voxel_mm**3 / 1000 for name in LABELS}
    assert min(volumes.values()) > 0.02, volumes
    for bone in ("humerus", "scapula", "clavicle"):
        sizes = np.bincount(pieces_of(healthy.is_(bone))[0].ravel())[1:]
        assert sizes.max() > 0.999 * sizes.sum(), bone


def test_glenoid_is_medial_acromion_above_coracoid_in_front_and_ribs_are_medial_in_front(healthy):
    skeleton, arch = healthy.built.skeleton, healthy.built.arch
    scapula, humerus, clavicle = (healthy.points(name) for name in ("scapula", "humerus", "clavicle"))
    head = skeleton.head_centre
    assert humerus[:, 0].mean() > scapula[:, 0].mean() + 30
    assert away(scapula, arch.acromion[2]) < 1 and arch.acromion[2, 2] > skeleton.head_top_mm + 6
    over = scapula[np.hypot(scapula[:, 0] - head[0], scapula[:, 1] - head[1]) < 12]
    assert over[:, 2].min() > skeleton.head_top_mm + 3
    assert away(scapula, arch.coracoid[-1]) < 1 and arch.coracoid[-1, 1] > head[1] + 25
    assert away(clavicle, arch.joint) < 5 and clavicle[:, 0].min() < -60
    lung = healthy.mm(healthy.part("lung"))
    assert lung[:, 0].max() < head[0] and lung[:, 1].min() > 25


def test_no_bones_meet(healthy):
    for one, other in (("humerus", "scapula"), ("scapula", "clavicle"), ("humerus", "clavicle")):
        assert not (binary_dilation(healthy.is_(one)) & healthy.is_(other)).any(), (one, other)


def test_cartilage_covers_nine_tenths_of_what_faces_in_the_joint(healthy):
    """Rays square to the glenoid, within nine tenths of its outline, that meet the cap of the head."""
    skeleton = healthy.built.skeleton
    half = skeleton.sizes.glenoid_height_mm / 2
    rays, two = 0, 0
    for z in np.arange(-half, half, 2.0):
        wide = 0.9 * skeleton.glenoid_half_mm(z) * np.sqrt(max(1 - (z / (0.9 * half)) ** 2, 0.0))
        for y in np.arange(-wide, wide + 0.1, 2.0):
            line = skeleton.from_glenoid([(x, y, z) for x in np.arange(-2.0, 14.0, 0.4)])
            where = [healthy.at(place) for place in line]
            bones = [healthy.structures[voxel] for voxel in where]
            if LABELS["humerus"] not in bones:
                continue
            hit = skeleton.to_arm(line[bones.index(LABELS["humerus"])])
            if off_axis_deg(places(hit)).item() > CAP_DEG - 3:
                continue
            kinds = {int(healthy.built.canvas.parts[voxel]) for voxel in where}
            rays += 1
            two += {p.part_number("glenoid_cartilage"), p.part_number("humeral_cartilage")} <= kinds
    assert rays > 60
    assert two > 0.9 * rays


def test_the_labrum_rings_the_glenoid(healthy):
    labrum = healthy.points("glenoid_labrum")
    assert max(away(labrum, place) for place in rim_line(healthy.built.skeleton, grown_mm=0.5, out_mm=1.5)) < 3.5


def test_muscles_lie_in_their_fossae(healthy):
    middle = {name: healthy.points(f"{name}_muscle").mean(axis=0) for name in
              ("supraspinatus", "infraspinatus", "subscapularis", "teres_minor", "deltoid")}  # fmt: skip
    assert middle["supraspinatus"][2] > 20 and middle["infraspinatus"][2] < 10
    assert middle["infraspinatus"][1] < -10 and middle["subscapularis"][1] > 3
    assert middle["teres_minor"][2] < middle["infraspinatus"][2] - 10 and middle["teres_minor"][1] < -5
    assert middle["deltoid"][0] > healthy.built.skeleton.head_centre[0]


def test_the_bursa_lies_between_cuff_and_roof_and_is_thin(healthy):
    bursa, skeleton = healthy.points("subacromial_subdeltoid_bursa"), healthy.built.skeleton
    assert (healthy.from_humerus[healthy.is_("subacromial_subdeltoid_bursa")]).max() < 14
    assert bursa[:, 2].max() < healthy.built.arch.acromion[:, 2].max()
    assert bursa[:, 0].mean() > skeleton.head_centre[0]
    assert healthy.is_("subacromial_subdeltoid_bursa").sum() * healthy.voxel_mm**3 / 1000 < 4.0


def test_skin_closes_the_shoulder(healthy):
    """Air inside would be seen as a hole in fat."""
    pieces, count = pieces_of(healthy.built.canvas.parts == 0)
    outside = {
        int(one) for face in (pieces[[0, -1]], pieces[:, [0, -1]], pieces[:, :, [0, -1]]) for one in np.unique(face)
    }
    assert set(range(1, count + 1)) <= outside

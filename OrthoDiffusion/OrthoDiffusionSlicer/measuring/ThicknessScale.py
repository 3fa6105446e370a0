"""The scale of the thickness colours: bare bone stands out, then dark to light, even in lightness, up to 4 mm."""

NAME = "OrthoDiffusion thickness"
SCALARS = "Thickness (mm)"
THICKEST_MM = 4.0  # and more; assumed: thicker cartilage is usual behind the patella alone
BARE_MM = 0.25  # thinner than any voxel: bone without cartilage

_BARE = (0.85, 0.1, 0.1)
# Five colours of the map viridis (Smith and van der Walt, matplotlib, CC0).
_STOPS = (
    (0.267, 0.005, 0.329), (0.230, 0.322, 0.546), (0.128, 0.567, 0.551), (0.369, 0.789, 0.383), (0.993, 0.906, 0.144),
)  # fmt: skip


def colourAt(millimetres):
    """(red, green, blue) 0 to 1."""
    if millimetres < BARE_MM:
        return _BARE
    place = min(millimetres / THICKEST_MM, 1.0) * (len(_STOPS) - 1)
    index = min(int(place), len(_STOPS) - 2)
    return tuple(
        one + (other - one) * (place - index) for one, other in zip(_STOPS[index], _STOPS[index + 1], strict=True)
    )

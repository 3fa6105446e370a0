"""A small network and a small study, those of the tests of commands."""

from commands.conftest import small_bundle, small_study  # noqa: F401  (fixtures)

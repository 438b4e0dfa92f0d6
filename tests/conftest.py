"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# How fast examples are made depends on what else the machine does; no test measures it.
settings.register_profile("minigrad", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("minigrad")

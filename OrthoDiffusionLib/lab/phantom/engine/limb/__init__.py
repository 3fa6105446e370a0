"""What every limb is wrapped in: muscles, vessels, fascia, fat and skin."""

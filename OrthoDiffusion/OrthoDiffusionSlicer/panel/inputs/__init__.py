"""What goes into an analysis: volumes, joint, referral."""

"""What every digital joint is made with: parts, shapes, pose, sampling."""

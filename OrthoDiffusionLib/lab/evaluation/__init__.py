"""How good a bundle is: scores on a frozen cohort of phantoms, proxies on real exams without truth."""

"""Instagram: what it sends us, how we answer, what its errors mean."""

"""What the screens behind the counter do, without a screen: one module a job."""

"""The parts of scripts/nightly: what each is for is at its top."""

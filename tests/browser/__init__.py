"""A real Chromium against the real program, and against a stand that sends chosen frames."""

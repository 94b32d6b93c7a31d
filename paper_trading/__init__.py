"""Paper trading on the running feed: accounts, their thread, their journal, what pages read."""

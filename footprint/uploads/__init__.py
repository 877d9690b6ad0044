"""Files sent to be imported: kept apart in a private folder, checked in a thread, removed afterwards."""

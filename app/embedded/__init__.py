"""Private servers of one machine: started, adopted, watched and stopped."""

"""Print jobs as rows: the queue that checkout and documents write into, and the printers it is for."""

"""The command line: reads what was asked, calls one domain function, shows the answer."""

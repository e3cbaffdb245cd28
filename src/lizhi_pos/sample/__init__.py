"""A sample town (示例), made through the domain's own functions and dated from the day it is asked for."""

"""Every made-up town (示例) of the tests: built by the program's own acts, so that its books are whole."""

"""Printed documents: statements, notices, certificates, labels."""

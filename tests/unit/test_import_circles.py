from import_circles import circles


def test_no_file_is_imported_by_what_it_imports() -> None:
    assert list(circles()) == []

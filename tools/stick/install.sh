#!/bin/sh
# Installs the program from this folder under the user's home, without a network: sh install.sh [FOLDER]
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1
wanted=$(cat "$here/python-version.txt")
for python in "python$wanted" python3; do
    if command -v "$python" >/dev/null 2>&1 &&
        [ "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$wanted" ]; then
        exec "$python" -X utf8 "$here/install.py" "$@"
    fi
done
cat "$here/no-python.txt" >&2
exit 1

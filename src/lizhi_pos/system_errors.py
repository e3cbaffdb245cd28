"""What the system says of a failure, in words of our own: its English belongs into the log, not before a clerk."""

import errno
import socket
import subprocess

from lizhi_pos.refusal import Message, message

_WORDS = {
    message("it refuses the connection: is it on, and is this its address?"): ("ECONNREFUSED",),
    message("it does not answer in time"): ("ETIMEDOUT", "ETIME"),
    message("there is no way to it: look at the network"): (
        *("EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EHOSTDOWN", "EADDRNOTAVAIL", "ENONET"),
    ),
    message("the connection broke off"): (
        *("ECONNRESET", "ECONNABORTED", "EPIPE", "ENETRESET", "ENOTCONN", "ESHUTDOWN", "EBADF"),
    ),
    message("it is not there"): ("ENOENT", "ENXIO", "ENODEV", "ENOTDIR", "ESTALE", "ENOMEDIUM"),
    message("this user may not use it"): ("EACCES", "EPERM", "EROFS"),
    message("another program uses it"): ("EBUSY", "EADDRINUSE", "ETXTBSY", "EDEADLK"),
    message("the disk is full"): ("ENOSPC", "EDQUOT", "EFBIG"),
    message("it does not work: reading or writing failed"): ("EIO", "EREMOTEIO", "EPROTO"),
    message("it is a folder"): ("EISDIR",),
    message("its name is too long"): ("ENAMETOOLONG",),
    message("the machine has no memory or files left"): ("ENOMEM", "ENOBUFS", "EMFILE", "ENFILE"),
    message("this machine cannot do that with it"): ("EINVAL", "ENOTTY", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "ESPIPE"),
}
_BY_NUMBER = {
    number: words for words, names in _WORDS.items() for name in names if (number := getattr(errno, name, None))
}
_TIMED_OUT = message("it does not answer in time")


def system_words(error: BaseException) -> Message:
    """Return what a failure means; one that is not known is named by its number, or by its kind."""
    if isinstance(error, TimeoutError | subprocess.TimeoutExpired) or "Timeout" in type(error).__name__:
        return _TIMED_OUT
    if isinstance(error, socket.gaierror):
        return message("nobody on the network has this name")
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number in _BY_NUMBER:
        return _BY_NUMBER[number]
    if isinstance(error, subprocess.CalledProcessError):
        return message("system error {0}", error.returncode)
    if isinstance(number, int):
        return message("system error {0}", number)
    # a driver's own kind of error carries its number first
    first = error.args[0] if error.args else None
    return message("system error {0}", first) if isinstance(first, int) else message("an error that only the log knows")

"""No command makes a network system call: each runs under strace, and any call of the kernel's network class fails the check.

AF_UNIX counts: asking a name service for a user or a host goes through such a socket. The exceptions are `serve` and `kms serve`, which are there
to listen: on loopback, and they connect to nothing.
"""

from support.every_command import make_no_network_calls


def test_no_command_makes_a_network_system_call(binary, folder):
    make_no_network_calls(binary, folder)

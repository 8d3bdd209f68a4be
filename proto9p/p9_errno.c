/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_errno.c -- error numbers: the host's, the wire's, and their names.
 *
 * The wire has Linux's numbers of x86 and asm-generic, on every host.  One
 * list says which is which; nothing here compares a host's number with a
 * wire's.  41 and 58 are missing because Linux has nothing there.
 */

#include <errno.h>
#include <stddef.h>

#include "p9.h"

/*
 *	HOST(name, wire)	every host that we care for has this one
 *	LINUX(name, wire)	others may lack it, and then never report it
 */
#define ERRNOS                                                                 \
	HOST(EPERM, 1)                                                         \
	HOST(ENOENT, 2)                                                        \
	HOST(ESRCH, 3)                                                         \
	HOST(EINTR, 4)                                                         \
	HOST(EIO, 5)                                                           \
	HOST(ENXIO, 6)                                                         \
	HOST(E2BIG, 7)                                                         \
	HOST(ENOEXEC, 8)                                                       \
	HOST(EBADF, 9)                                                         \
	HOST(ECHILD, 10)                                                       \
	HOST(EAGAIN, 11)                                                       \
	HOST(ENOMEM, 12)                                                       \
	HOST(EACCES, 13)                                                       \
	HOST(EFAULT, 14)                                                       \
	HOST(ENOTBLK, 15)                                                      \
	HOST(EBUSY, 16)                                                        \
	HOST(EEXIST, 17)                                                       \
	HOST(EXDEV, 18)                                                        \
	HOST(ENODEV, 19)                                                       \
	HOST(ENOTDIR, 20)                                                      \
	HOST(EISDIR, 21)                                                       \
	HOST(EINVAL, 22)                                                       \
	HOST(ENFILE, 23)                                                       \
	HOST(EMFILE, 24)                                                       \
	HOST(ENOTTY, 25)                                                       \
	HOST(ETXTBSY, 26)                                                      \
	HOST(EFBIG, 27)                                                        \
	HOST(ENOSPC, 28)                                                       \
	HOST(ESPIPE, 29)                                                       \
	HOST(EROFS, 30)                                                        \
	HOST(EMLINK, 31)                                                       \
	HOST(EPIPE, 32)                                                        \
	HOST(EDOM, 33)                                                         \
	HOST(ERANGE, 34)                                                       \
	HOST(EDEADLK, 35)                                                      \
	HOST(ENAMETOOLONG, 36)                                                 \
	HOST(ENOLCK, 37)                                                       \
	HOST(ENOSYS, 38)                                                       \
	HOST(ENOTEMPTY, 39)                                                    \
	HOST(ELOOP, 40)                                                        \
	HOST(ENOMSG, 42)                                                       \
	HOST(EIDRM, 43)                                                        \
	LINUX(ECHRNG, 44)                                                      \
	LINUX(EL2NSYNC, 45)                                                    \
	LINUX(EL3HLT, 46)                                                      \
	LINUX(EL3RST, 47)                                                      \
	LINUX(ELNRNG, 48)                                                      \
	LINUX(EUNATCH, 49)                                                     \
	LINUX(ENOCSI, 50)                                                      \
	LINUX(EL2HLT, 51)                                                      \
	LINUX(EBADE, 52)                                                       \
	LINUX(EBADR, 53)                                                       \
	LINUX(EXFULL, 54)                                                      \
	LINUX(ENOANO, 55)                                                      \
	LINUX(EBADRQC, 56)                                                     \
	LINUX(EBADSLT, 57)                                                     \
	LINUX(EBFONT, 59)                                                      \
	LINUX(ENOSTR, 60)                                                      \
	LINUX(ENODATA, 61)                                                     \
	LINUX(ETIME, 62)                                                       \
	LINUX(ENOSR, 63)                                                       \
	LINUX(ENONET, 64)                                                      \
	LINUX(ENOPKG, 65)                                                      \
	HOST(EREMOTE, 66)                                                      \
	LINUX(ENOLINK, 67)                                                     \
	LINUX(EADV, 68)                                                        \
	LINUX(ESRMNT, 69)                                                      \
	LINUX(ECOMM, 70)                                                       \
	HOST(EPROTO, 71)                                                       \
	LINUX(EMULTIHOP, 72)                                                   \
	LINUX(EDOTDOT, 73)                                                     \
	HOST(EBADMSG, 74)                                                      \
	HOST(EOVERFLOW, 75)                                                    \
	LINUX(ENOTUNIQ, 76)                                                    \
	LINUX(EBADFD, 77)                                                      \
	LINUX(EREMCHG, 78)                                                     \
	LINUX(ELIBACC, 79)                                                     \
	LINUX(ELIBBAD, 80)                                                     \
	LINUX(ELIBSCN, 81)                                                     \
	LINUX(ELIBMAX, 82)                                                     \
	LINUX(ELIBEXEC, 83)                                                    \
	HOST(EILSEQ, 84)                                                       \
	LINUX(ERESTART, 85)                                                    \
	LINUX(ESTRPIPE, 86)                                                    \
	HOST(EUSERS, 87)                                                       \
	HOST(ENOTSOCK, 88)                                                     \
	HOST(EDESTADDRREQ, 89)                                                 \
	HOST(EMSGSIZE, 90)                                                     \
	HOST(EPROTOTYPE, 91)                                                   \
	HOST(ENOPROTOOPT, 92)                                                  \
	HOST(EPROTONOSUPPORT, 93)                                              \
	HOST(ESOCKTNOSUPPORT, 94)                                              \
	HOST(EOPNOTSUPP, 95)                                                   \
	HOST(EPFNOSUPPORT, 96)                                                 \
	HOST(EAFNOSUPPORT, 97)                                                 \
	HOST(EADDRINUSE, 98)                                                   \
	HOST(EADDRNOTAVAIL, 99)                                                \
	HOST(ENETDOWN, 100)                                                    \
	HOST(ENETUNREACH, 101)                                                 \
	HOST(ENETRESET, 102)                                                   \
	HOST(ECONNABORTED, 103)                                                \
	HOST(ECONNRESET, 104)                                                  \
	HOST(ENOBUFS, 105)                                                     \
	HOST(EISCONN, 106)                                                     \
	HOST(ENOTCONN, 107)                                                    \
	HOST(ESHUTDOWN, 108)                                                   \
	HOST(ETOOMANYREFS, 109)                                                \
	HOST(ETIMEDOUT, 110)                                                   \
	HOST(ECONNREFUSED, 111)                                                \
	HOST(EHOSTDOWN, 112)                                                   \
	HOST(EHOSTUNREACH, 113)                                                \
	HOST(EALREADY, 114)                                                    \
	HOST(EINPROGRESS, 115)                                                 \
	HOST(ESTALE, 116)                                                      \
	LINUX(EUCLEAN, 117)                                                    \
	LINUX(ENOTNAM, 118)                                                    \
	LINUX(ENAVAIL, 119)                                                    \
	LINUX(EISNAM, 120)                                                     \
	LINUX(EREMOTEIO, 121)                                                  \
	HOST(EDQUOT, 122)                                                      \
	LINUX(ENOMEDIUM, 123)                                                  \
	LINUX(EMEDIUMTYPE, 124)                                                \
	HOST(ECANCELED, 125)                                                   \
	LINUX(ENOKEY, 126)                                                     \
	LINUX(EKEYEXPIRED, 127)                                                \
	LINUX(EKEYREVOKED, 128)                                                \
	LINUX(EKEYREJECTED, 129)                                               \
	LINUX(EOWNERDEAD, 130)                                                 \
	LINUX(ENOTRECOVERABLE, 131)                                            \
	LINUX(ERFKILL, 132)                                                    \
	LINUX(EHWPOISON, 133)

/*
 * Every name is known everywhere: the trace shows the wire's numbers.  Not one
 * macro by way of the other here, or # would see the host's number.
 */
#define HOST(name, wire)                                                       \
	case wire:                                                             \
		return #name;
#define LINUX(name, wire)                                                      \
	case wire:                                                             \
		return #name;
const char *
p9_errno_name(uint32_t wire)
{
	switch (wire) {
		ERRNOS
	default:
		return NULL;
	}
}
#undef LINUX
#undef HOST

#ifdef __linux__
#define LINUX(name, wire) HOST(name, wire)
#else
#define LINUX(name, wire)
#endif

#define HOST(name, wire)                                                       \
	case wire:                                                             \
		return name;
int
p9_errno_from_wire(uint32_t wire)
{
	switch (wire) {
		ERRNOS
	default:
		return EIO;
	}
}
#undef HOST

#define WIRE_EIO 5
#define WIRE_ENODATA 61
#define WIRE_EOPNOTSUPP 95
#define KERNEL_ENOTSUPP 524 /* Linux's own, and not meant to get out */

#define HOST(name, wire)                                                       \
	case name:                                                             \
		return wire;
uint32_t
p9_errno_to_wire(int host_errno)
{
	switch (host_errno) {
		ERRNOS
#if ENOTSUP != EOPNOTSUPP
	case ENOTSUP:
#endif
	case KERNEL_ENOTSUPP:
		return WIRE_EOPNOTSUPP;
#if defined(ENOATTR) && ENOATTR != ENODATA /* BSD: no such attribute */
	case ENOATTR:
		return WIRE_ENODATA;
#endif
	default:
		return WIRE_EIO;
	}
}
#undef HOST

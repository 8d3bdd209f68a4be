/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc.h -- use a 9P2000.L file system without mounting it.
 *
 * A connection is made with etfsc_mount() and is used in two ways, which mix:
 *
 *	by path		etfsc_open(), etfsc_stat() ...: blocking calls like
 *			those of POSIX, with a current directory of their own
 *	by fid		etfsc_twalk(), etfsc_tread() ...: one message each,
 *			any number in flight, each with a completion
 *
 * Numbers are this machine's: errno, O_*, S_IF*, F_RDLCK, dev_t.  Calls that
 * return int or ssize_t give 0 or a count, or -errno, and do not use errno to
 * tell.  What any of them may also return: -ENOTCONN, the connection is lost,
 * see etfsc_reason(); -ENOMEM; -ETIMEDOUT, see struct etfsc_options.
 *
 * Threads: a connection, and whatever belongs to it, is used by one thread at a
 * time.  Different connections are independent.  There is no global state, and
 * no signal is used or raised.
 */

#ifndef ETFSC_H
#define ETFSC_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct etfsc; /* a connection, with a tree attached */
struct etfsc_file; /* an open file */
struct etfsc_dir; /* a directory that is being read */
struct etfsc_req; /* a message that is under way */

#define ETFSC_NOID UINT32_MAX /* no uid, no gid */
#define ETFSC_NOFID UINT32_MAX
#define ETFSC_NAME_MAX 255 /* bytes in a name */

/*
 * Connections
 * -----------
 *
 * An address is one of
 *
 *	tcp:HOST:PORT	HOST a name, an IPv4 address, or an IPv6 address in
 *			brackets; empty: this machine
 *	unix:PATH
 *	vsock:CID:PORT
 *	fd:N		a descriptor, open both ways, which becomes the
 *			library's and is closed also when mounting fails
 *	exec:COMMAND	given to sh; the bytes go by its standard input and
 *			output: "exec:ssh host etfsd -l stdio /srv"
 *
 * written as for etfsd(8): but in COMMAND, a backslash takes the next character
 * literally, as in a PATH with a comma.
 */

/* Zero is the usual. */
struct etfsc_options {
	const char *aname; /* the tree to attach; NULL: the server's default */
	const char *uname; /* the user by name; NULL: none */
	bool set_uid; /* attach as uid, else as the caller's effective uid */
	uint32_t uid; /* ETFSC_NOID: uname alone tells */
	uint32_t msize; /* bytes in a message at most; 0: 1 MiB */
	bool privport; /* tcp: come from a port below 1024; needs root */

	/*
	 * For connecting, agreeing and attaching together, in milliseconds; 0:
	 * 30 s, but no limit for exec:, as somebody may have to type a
	 * password; below 0: no limit.  Resolving a name is not limited.
	 */
	int connect_ms;

	/*
	 * For any one message, in milliseconds; 0: no limit.  One that takes
	 * longer is flushed and ends with -ETIMEDOUT.  If that is not answered
	 * in as long again, the connection is lost.
	 */
	int timeout_ms;

	/*
	 * For who lets somebody interrupt what waits: a descriptor, such as the
	 * end of a pipe that a signal handler writes to.  0: none.  When there
	 * is something to be read from it, it is read, all that is pending is
	 * flushed, and from then on whatever is submitted ends with -ECANCELED,
	 * but Tclunk; so calls by path do, soon.  The second time the connection
	 * is lost, for who does not even wait for that.  See etfsc_go_on().  It
	 * does not end connecting, but what mounting asks after that.
	 */
	int stop_fd;

	/*
	 * Bytes that are received by one call at most; 0: no limit.  For who
	 * shares a CPU with what must not wait: many a kernel lets nobody in
	 * while it copies.
	 */
	uint32_t recv_bytes;
};

/*
 * Connect to address and attach a tree; its root is "/", and the current
 * directory.  opt may be NULL.
 *
 * Returns 0 or -errno: -EINVAL an address that is none, -EHOSTUNREACH no such
 * host, -EPROTONOSUPPORT a server that does not speak 9P2000.L, -EPROTO one
 * that breaks its rules, -ETIMEDOUT, whatever connect(2) says, or what the
 * server answered to the attach.
 *
 * *out is the connection, to be released, also after a failure: then it is good
 * for etfsc_reason() only.  NULL if there was no memory for it.
 */
int etfsc_mount(
    const char *address, const struct etfsc_options *opt, struct etfsc **out);

/*
 * Say goodbye, and free fs with all files and directories still open: their
 * pointers are dead.  Requests still pending end with -ENOTCONN before it
 * returns.  Returns the first error of closing a file that was written to, as
 * etfsc_close() does.  It waits for the server's answers, for 5 s or as long as
 * timeout_ms says; a command of exec: is given the same time to exit, and then
 * killed.  NULL is fine.
 */
int etfsc_release(struct etfsc *fs);

/* The same without a goodbye, and without waiting for anybody. */
void etfsc_drop(struct etfsc *fs);

/* After stop_fd had something to say, and whatever that was: as before. */
void etfsc_go_on(struct etfsc *fs);

/*
 * Why the connection failed, in one line without a newline, beginning with
 * where: "address: ", "resolve: ", "connect: ", "version: ", "attach: ",
 * "lost: " or "protocol: " (the server broke the rules).  NULL: it has not.
 * Good until fs is released.  fs NULL, after etfsc_mount(): no memory.
 */
const char *etfsc_reason(const struct etfsc *fs);

/* What has been agreed: bytes in a message, and in one read or write. */
uint32_t etfsc_msize(const struct etfsc *fs);
uint32_t etfsc_iosize(const struct etfsc *fs);

/*
 * Only connect, and say nothing: for who wants to hand the descriptor to
 * somebody else, such as the kernel.  It blocks, and is closed on exec.
 *
 * Returns 0, or -errno as etfsc_mount(), and the reason in reason, as
 * etfsc_reason() gives it; it may be NULL with cap 0.  Of opt, connect_ms and
 * privport count.
 */
struct etfsc_link {
	int fd; /* the caller's, to be closed */
	pid_t pid; /* of exec:, to be waited for; else 0 */
};
int etfsc_dial(const char *address, const struct etfsc_options *opt,
    struct etfsc_link *out, char *reason, size_t cap);

/*
 * What there is to know about a file
 * ----------------------------------
 */

#define ETFSC_QTDIR 0x80
#define ETFSC_QTSYMLINK 0x02

struct etfsc_qid {
	uint64_t path; /* unique on the server: an inode number */
	uint32_t version; /* changes with the contents; 0: not told */
	uint8_t type; /* ETFSC_QT*; others are 0 */
};

/* Bits of valid, and of what is asked for. */
#define ETFSC_ATTR_BASIC 0x7ffU /* all but those below */
#define ETFSC_ATTR_BTIME 0x800U
#define ETFSC_ATTR_GEN 0x1000U
#define ETFSC_ATTR_DATA_VERSION 0x2000U
#define ETFSC_ATTR_ALL 0x3fffU

struct etfsc_attr {
	uint64_t valid; /* what of this the server has filled in */
	struct etfsc_qid qid;
	mode_t mode; /* with S_IFMT */
	uid_t uid;
	gid_t gid;
	uint64_t nlink;
	dev_t rdev;
	uint64_t size; /* bytes */
	uint64_t blksize;
	uint64_t blocks; /* of 512 bytes */
	struct timespec atime, mtime, ctime, btime;
	uint64_t gen, data_version;
};

/* Bits of valid. */
#define ETFSC_SET_MODE 0x1U
#define ETFSC_SET_UID 0x2U
#define ETFSC_SET_GID 0x4U
#define ETFSC_SET_SIZE 0x8U
#define ETFSC_SET_ATIME 0x10U
#define ETFSC_SET_MTIME 0x20U

struct etfsc_setattr {
	unsigned int valid; /* which of these to change */
	mode_t mode; /* permission bits */
	uid_t uid;
	gid_t gid;
	uint64_t size;
	struct timespec atime, mtime; /* tv_nsec may be UTIME_NOW, UTIME_OMIT */
};

struct etfsc_statfs {
	uint32_t type;
	uint32_t bsize; /* bytes in a block */
	uint64_t blocks, bfree, bavail;
	uint64_t files, ffree;
	uint64_t fsid;
	uint32_t namelen;
};

struct etfsc_dirent {
	struct etfsc_qid qid;
	uint64_t cookie; /* the directory goes on behind it */
	uint8_t type; /* DT_*; DT_UNKNOWN: ask etfsc_lstat() */
	char name[ETFSC_NAME_MAX + 1]; /* one component; or "." or ".." */
};

/* Locks belong to a process, proc_id, of a machine, client_id. */
struct etfsc_lock {
	int type; /* F_RDLCK, F_WRLCK, F_UNLCK */
	uint64_t start;
	uint64_t length; /* bytes; 0: to the end, wherever that will be */
	uint32_t proc_id; /* 0: this process */
	char client_id[256]; /* "": this machine's name */
};

/*
 * By path
 * -------
 *
 * A path is of any length, and of names of at most 255 bytes (-ENAMETOOLONG).
 * From "/" on it begins at the root of the attached tree, else in the current
 * directory.  Symbolic links are followed here, not by the server; absolute
 * ones begin at that root, which ".." does not leave.  More than 40 in one path
 * are -ELOOP.  The call is about what the last link leads to, but for those
 * that make, remove or rename a name, and those with an l in front.
 *
 * There is no umask: a mode is what the file gets.  The server decides on the
 * group of what is made.  All that the server refuses comes as its errno.
 */

/* Where paths begin.  getcwd: the length; cap counts the NUL, else -ERANGE.
 * The name is that of the time of chdir, whoever renames it afterwards. */
int etfsc_chdir(struct etfsc *fs, const char *path);
ssize_t etfsc_getcwd(struct etfsc *fs, char *buf, size_t cap);

int etfsc_stat(struct etfsc *fs, const char *path, struct etfsc_attr *out);
int etfsc_lstat(struct etfsc *fs, const char *path, struct etfsc_attr *out);
int etfsc_statfs(struct etfsc *fs, const char *path, struct etfsc_statfs *out);

int etfsc_mkdir(struct etfsc *fs, const char *path, mode_t mode);
/* With all that is missing on the way; no failure if it is there. */
int etfsc_mkdirs(struct etfsc *fs, const char *path, mode_t mode);
int etfsc_rmdir(struct etfsc *fs, const char *path);
int etfsc_unlink(struct etfsc *fs, const char *path);
int etfsc_rename(struct etfsc *fs, const char *from, const char *to);
int etfsc_link(struct etfsc *fs, const char *file, const char *path);
int etfsc_symlink(struct etfsc *fs, const char *target, const char *path);
/* mode with S_IFMT; dev counts for devices. */
int etfsc_mknod(struct etfsc *fs, const char *path, mode_t mode, dev_t dev);
int etfsc_mkfifo(struct etfsc *fs, const char *path, mode_t mode);
/* The length; as readlink(2), no NUL is added, and what is too long is cut. */
ssize_t etfsc_readlink(
    struct etfsc *fs, const char *path, char *buf, size_t cap);

/* Several things at once, or one of them; ETFSC_NOID leaves an id alone. */
int etfsc_setattr(
    struct etfsc *fs, const char *path, const struct etfsc_setattr *set);
int etfsc_lsetattr(
    struct etfsc *fs, const char *path, const struct etfsc_setattr *set);
int etfsc_chmod(struct etfsc *fs, const char *path, mode_t mode);
int etfsc_lchmod(struct etfsc *fs, const char *path, mode_t mode);
int etfsc_chown(struct etfsc *fs, const char *path, uid_t uid, gid_t gid);
int etfsc_lchown(struct etfsc *fs, const char *path, uid_t uid, gid_t gid);
/* Access and modification, as utimensat(2): NULL is now, twice. */
int etfsc_utimes(
    struct etfsc *fs, const char *path, const struct timespec times[2]);
int etfsc_lutimes(
    struct etfsc *fs, const char *path, const struct timespec times[2]);
int etfsc_truncate(struct etfsc *fs, const char *path, uint64_t size);

/*
 * Extended attributes, as getxattr(2) and its like: a cap of 0 asks for the
 * size, one that is too small is -ERANGE; flags are XATTR_CREATE or
 * XATTR_REPLACE; a list is of names that end in NUL.
 */
ssize_t etfsc_getxattr(struct etfsc *fs, const char *path, const char *name,
    void *buf, size_t cap);
ssize_t etfsc_lgetxattr(struct etfsc *fs, const char *path, const char *name,
    void *buf, size_t cap);
ssize_t etfsc_listxattr(
    struct etfsc *fs, const char *path, char *buf, size_t cap);
ssize_t etfsc_llistxattr(
    struct etfsc *fs, const char *path, char *buf, size_t cap);
int etfsc_setxattr(struct etfsc *fs, const char *path, const char *name,
    const void *value, size_t len, int flags);
int etfsc_lsetxattr(struct etfsc *fs, const char *path, const char *name,
    const void *value, size_t len, int flags);
int etfsc_removexattr(struct etfsc *fs, const char *path, const char *name);
int etfsc_lremovexattr(struct etfsc *fs, const char *path, const char *name);

/*
 * Open files.  flags are those of open(2); O_CREAT, O_EXCL, O_TRUNC, O_APPEND,
 * O_NOFOLLOW, O_DIRECTORY, O_NONBLOCK, O_SYNC and O_DSYNC do what they say
 * there, the rest nothing.  mode is for O_CREAT.  create is O_WRONLY, O_CREAT
 * and O_TRUNC.  close frees the file whatever it returns; NULL is fine.
 */
int etfsc_open(struct etfsc *fs, const char *path, int flags, mode_t mode,
    struct etfsc_file **out);
int etfsc_create(
    struct etfsc *fs, const char *path, mode_t mode, struct etfsc_file **out);
int etfsc_close(struct etfsc_file *file);

/*
 * Read or write len bytes at off, in as many messages as it takes, several in
 * flight.  A read is short only at the end of the file, or if a stream has no
 * more for now; a write is short, and either may be, if an error comes after
 * some bytes: the next call tells which.  Behind what a short write counted
 * more may have been written.
 */
ssize_t etfsc_read(
    struct etfsc_file *file, void *buf, size_t len, uint64_t off);
ssize_t etfsc_write(
    struct etfsc_file *file, const void *buf, size_t len, uint64_t off);

/* The same by name: open, do it, close.  Nothing is created or truncated. */
ssize_t etfsc_read_path(
    struct etfsc *fs, const char *path, void *buf, size_t len, uint64_t off);
ssize_t etfsc_write_path(struct etfsc *fs, const char *path, const void *buf,
    size_t len, uint64_t off);

int etfsc_fstat(struct etfsc_file *file, struct etfsc_attr *out);
int etfsc_fsetattr(struct etfsc_file *file, const struct etfsc_setattr *set);
int etfsc_ftruncate(struct etfsc_file *file, uint64_t size);
int etfsc_fsync(struct etfsc_file *file);
int etfsc_fdatasync(struct etfsc_file *file);

/*
 * Byte ranges, of the whole process: what it has locked does not keep itself
 * out, and a lock goes when the file that it was taken through is closed.
 * lock: -EAGAIN if somebody else is in the way and wait is false.  unlock: of
 * lk, all but type counts.  getlock: *lk, which asks, becomes a lock that is in
 * the way, or its type becomes F_UNLCK.
 */
int etfsc_lock(struct etfsc_file *file, const struct etfsc_lock *lk, bool wait);
int etfsc_unlock(struct etfsc_file *file, const struct etfsc_lock *lk);
int etfsc_getlock(struct etfsc_file *file, struct etfsc_lock *lk);

/* The fid of an open file, for the calls below; it is still the file's. */
uint32_t etfsc_file_fid(const struct etfsc_file *file);

/*
 * Directories.  readdir gives 1 and an entry, or 0 at the end.  telldir is the
 * cookie of the last entry given, 0 at the start; seekdir goes on behind it,
 * and seekdir to 0 starts again with what is there by then.
 */
int etfsc_opendir(struct etfsc *fs, const char *path, struct etfsc_dir **out);
int etfsc_readdir(struct etfsc_dir *dir, struct etfsc_dirent *out);
uint64_t etfsc_telldir(const struct etfsc_dir *dir);
void etfsc_seekdir(struct etfsc_dir *dir, uint64_t cookie);
int etfsc_closedir(struct etfsc_dir *dir);

/*
 * Requests in flight
 * ------------------
 *
 * A request lives in memory of the caller's, usually as a part of something
 * larger.  It is given to a call named after its message, and is pending from
 * then on: it, whatever it points to but strings, and where its results
 * go belong to the library.  It ends once: pending is cleared, rc is set and
 * done is called, and it may be used again.  It never ends inside the call
 * that submits it, but in etfsc_run(), etfsc_wait(), a blocking call, or when
 * the connection is released; also if nothing could be sent at all.
 *
 * done may free or reuse its request, submit others, and wait for them; but not
 * release the connection.
 *
 * rc is 0 or what the call says, or -errno: the server's, or
 *	-ENOTCONN	the connection is lost
 *	-ECANCELED	it was flushed in time
 *	-ETIMEDOUT	see struct etfsc_options
 *	-ENOMEM		not sent; so are the next two
 *	-EINVAL, -ENAMETOOLONG, -EMSGSIZE	it cannot be said in a message
 *	-EAGAIN		65535 requests are in flight already
 */
struct etfsc_req {
	/* Set by the caller; NULL: nobody is to be told. */
	void (*done)(struct etfsc_req *req, int rc);

	/* To be read. */
	bool pending;
	int rc;

	/* The library's own. */
	uint8_t type;
	uint8_t flags;
	uint16_t tag;
	uint32_t count;
	uint32_t fid;
	struct etfsc_req *next, **prev;
	void *out, *out2;
	int64_t deadline;
	uint64_t end;
};

/*
 * Send what has been submitted, as much in one system call as goes, and take
 * what has come.  Waits until a request has ended, for timeout_ms milliseconds
 * at most; below 0: without limit; 0: not at all, and then what completions
 * have submitted is sent, too.
 *
 * Returns how many have ended; 0 also if none is pending.  -EINTR: a signal
 * came first.  A lost connection is no failure here: all requests end.
 */
int etfsc_run(struct etfsc *fs, int timeout_ms);

/* Run until req has ended; returns its rc. */
int etfsc_wait(struct etfsc *fs, struct etfsc_req *req);

/*
 * Ask the server to give req up.  It still ends as any: with -ECANCELED if
 * nothing has happened, or with its result if it was too late.  Harmless if it
 * is not pending.  A Tclunk is not given up.
 */
void etfsc_flush(struct etfsc *fs, struct etfsc_req *req);

/* Requests that are pending. */
size_t etfsc_pending(const struct etfsc *fs);

/*
 * For who waits for several things: what to poll(2) for before the next
 * etfsc_run(fs, 0), and how many milliseconds at most (-1: no limit).
 */
void etfsc_pollfd(struct etfsc *fs, struct pollfd *out, int *timeout_ms);

/*
 * By fid
 * ------
 *
 * One call for each message, with its fields in the order of the protocol; what
 * comes after is where results go, NULL if they are of no interest, and is
 * filled in if rc is 0 or more.  Names are single components.
 *
 * Numbers of fids are handed out here: a call that makes one takes a free
 * number and stores it in *newfid at once, so that with a server that keeps
 * order, as etfsd does, other requests may follow without waiting.  If it fails
 * ETFSC_NOFID is put there, and the number is free again; what followed ends
 * with -EBADF.  *newfid has to stay until it ends.
 */

/* The root of the tree; not to be opened, moved or clunked. */
uint32_t etfsc_root(const struct etfsc *fs);

/* uid ETFSC_NOID: uname tells. */
void etfsc_tattach(struct etfsc *fs, struct etfsc_req *req, uint32_t *newfid,
    const char *uname, const char *aname, uint32_t uid, struct etfsc_qid *qid);

/*
 * From a path to a fid, which is the caller's, to be given to etfsc_tclunk() or
 * etfsc_forget(); it is not open.  These two wait, as all calls by path.  *qid
 * tells what it is; NULL is fine.  After a failure *fid is ETFSC_NOFID.
 */
int etfsc_walk_path(
    struct etfsc *fs, const char *path, uint32_t *fid, struct etfsc_qid *qid);
int etfsc_lwalk_path(
    struct etfsc *fs, const char *path, uint32_t *fid, struct etfsc_qid *qid);

/*
 * n names, up to 16.  *newfid is ETFSC_NOFID on entry, and taken as above, or
 * fid, which is moved.  rc is how many were found, and their qids are in
 * qid[]; if it is less than n there is no newfid, and fid has not moved.
 */
void etfsc_twalk(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint32_t *newfid, const char *const *names, unsigned int n,
    struct etfsc_qid *qid);

/* The number is free when it ends, whatever the answer. */
void etfsc_tclunk(struct etfsc *fs, struct etfsc_req *req, uint32_t fid);
void etfsc_tremove(struct etfsc *fs, struct etfsc_req *req, uint32_t fid);
/* Tclunk, of which nobody is told how it ends.  ETFSC_NOFID is fine. */
void etfsc_forget(struct etfsc *fs, uint32_t fid);

/* flags as open(2); what has no meaning to the protocol is left out. */
void etfsc_tlopen(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    int flags, struct etfsc_qid *qid, uint32_t *iounit);
/* fid, a directory, becomes the file.  gid ETFSC_NOID: as the server likes. */
void etfsc_tlcreate(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    const char *name, int flags, mode_t mode, gid_t gid, struct etfsc_qid *qid,
    uint32_t *iounit);

/* rc is how many bytes; count is cut to etfsc_iosize(). */
void etfsc_tread(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint64_t offset, uint32_t count, void *buf);
void etfsc_twrite(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint64_t offset, uint32_t count, const void *buf);
/* Entries to be taken apart with etfsc_dirent_get(). */
void etfsc_treaddir(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint64_t cookie, uint32_t count, void *buf);
void etfsc_tfsync(
    struct etfsc *fs, struct etfsc_req *req, uint32_t fid, bool datasync);

/* The first entry in buf: how many bytes it takes, 0 if len is 0, -EBADMSG. */
int etfsc_dirent_get(const void *buf, size_t len, struct etfsc_dirent *out);

void etfsc_tgetattr(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint64_t mask, struct etfsc_attr *out);
void etfsc_tsetattr(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    const struct etfsc_setattr *set);
void etfsc_tstatfs(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    struct etfsc_statfs *out);

void etfsc_tmkdir(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    const char *name, mode_t mode, gid_t gid, struct etfsc_qid *qid);
void etfsc_tmknod(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    const char *name, mode_t mode, dev_t dev, gid_t gid, struct etfsc_qid *qid);
void etfsc_tsymlink(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    const char *name, const char *target, gid_t gid, struct etfsc_qid *qid);
/* rc is the length of the whole target; no more than cap bytes are stored. */
void etfsc_treadlink(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    char *buf, size_t cap);
void etfsc_tlink(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    uint32_t fid, const char *name);
void etfsc_trename(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint32_t dfid, const char *name);
void etfsc_trenameat(struct etfsc *fs, struct etfsc_req *req, uint32_t olddfid,
    const char *oldname, uint32_t newdfid, const char *newname);
/* flags: 0 or AT_REMOVEDIR. */
void etfsc_tunlinkat(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    const char *name, int flags);

/*
 * The same two, but they wait; and with a server that knows neither message, as
 * some old ones, they do it by Trename and Tremove.  So do etfsc_rename(),
 * etfsc_unlink() and etfsc_rmdir().
 */
int etfsc_renameat(struct etfsc *fs, uint32_t olddfid, const char *oldname,
    uint32_t newdfid, const char *newname);
int etfsc_unlinkat(
    struct etfsc *fs, uint32_t dfid, const char *name, int flags);

/* newfid is to be read, and then clunked; an empty name gives the list. */
void etfsc_txattrwalk(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint32_t *newfid, const char *name, uint64_t *size);
/* fid is to be written, and then clunked, which stores it: see its rc. */
void etfsc_txattrcreate(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    const char *name, uint64_t size, int flags);

/* block: the server may wait a while before it says -EAGAIN. */
void etfsc_tlock(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    const struct etfsc_lock *lk, bool block);
/* *lk is what is asked for, and the answer. */
void etfsc_tgetlock(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    struct etfsc_lock *lk);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif

/* Lets a chosen call to the file system fail, or be the last of its process.

   Loaded before the C library (LD_PRELOAD). Does nothing until it is armed, and
   then counts the calls that change a file in one folder. Linux only. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum action { COUNT, KILL_BEFORE, KILL_AFTER, KILL_HALFWAY, FAIL_ONCE, FAIL_ON };
enum kind { GROWING, OTHER }; /* a full disk refuses only what needs more of it */

static char folder[4096];
static enum action action;
static long target, seen;
static int error;
static int armed;

void faults_arm(const char *in, int what, long nth, int code)
{
    snprintf(folder, sizeof folder, "%s", in);
    action = what;
    target = nth;
    error = code;
    seen = 0;
    armed = 1;
}

long faults_disarm(void)
{
    armed = 0;
    return seen;
}

static int inside(const char *path) { return strncmp(path, folder, strlen(folder)) == 0; }

static int concerns(int descriptor)
{
    char name[64], path[4096];
    if (!armed) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return inside(path);
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static enum kind kind_of_write(int descriptor, off64_t end)
{
    struct stat64 found;
    return fstat64(descriptor, &found) == 0 && end <= found.st_size ? OTHER : GROWING;
}

/* Says whether the call that is about to be made is one that must fail. */
static int refused(enum kind kind)
{
    if (error == ENOSPC && kind == OTHER) return 0;
    seen++;
    if (action == KILL_BEFORE && seen == target) die();
    if ((action == FAIL_ONCE && seen == target) || (action == FAIL_ON && seen >= target)) {
        errno = error;
        return 1;
    }
    return 0;
}

static int last(void)
{
    return (action == KILL_AFTER || action == KILL_HALFWAY) && seen == target;
}

#define REAL(type, name, ...)                                       \
    static type (*real)(__VA_ARGS__);                               \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define AROUND(concerned, kind, call)                               \
    if (!(concerned)) return call;                                  \
    if (refused(kind)) return -1;                                   \
    __auto_type result = call;                                      \
    if (last()) die();                                              \
    return result

#define HALVED(size) (action == KILL_HALFWAY && seen == target ? (size) / 2 : (size))

#define WRITE(name)                                                                  \
    ssize_t name(int fd, const void *data, size_t size)                              \
    {                                                                                \
        REAL(ssize_t, #name, int, const void *, size_t);                             \
        AROUND(concerns(fd), kind_of_write(fd, lseek64(fd, 0, SEEK_CUR) + size),     \
               real(fd, data, armed ? HALVED(size) : size));                         \
    }
#define PWRITE(name, offset)                                                         \
    ssize_t name(int fd, const void *data, size_t size, offset at)                   \
    {                                                                                \
        REAL(ssize_t, #name, int, const void *, size_t, offset);                     \
        AROUND(concerns(fd), kind_of_write(fd, at + size),                           \
               real(fd, data, armed ? HALVED(size) : size, at));                     \
    }
#define SYNC(name)                                \
    int name(int fd)                              \
    {                                             \
        REAL(int, #name, int);                    \
        AROUND(concerns(fd), OTHER, real(fd));    \
    }
#define TRUNCATE(name, offset)                                  \
    int name(int fd, offset size)                               \
    {                                                           \
        REAL(int, #name, int, offset);                          \
        AROUND(concerns(fd), OTHER, real(fd, size));            \
    }
#define OPEN(name)                                                                          \
    int name(const char *path, int flags, ...)                                              \
    {                                                                                       \
        REAL(int, #name, const char *, int, mode_t);                                        \
        va_list rest;                                                                       \
        va_start(rest, flags);                                                              \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                           \
        va_end(rest);                                                                       \
        int creates = armed && flags & O_CREAT && inside(path) && access(path, F_OK) != 0;  \
        AROUND(creates, GROWING, real(path, flags, mode));                                  \
    }

WRITE(write)
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
SYNC(fsync)
SYNC(fdatasync)
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)
OPEN(open)
OPEN(open64)

int rename(const char *from, const char *to)
{
    REAL(int, "rename", const char *, const char *);
    AROUND(armed && inside(to), OTHER, real(from, to));
}

int unlink(const char *path)
{
    REAL(int, "unlink", const char *);
    AROUND(armed && inside(path), OTHER, real(path));
}

int mkdir(const char *path, mode_t mode)
{
    REAL(int, "mkdir", const char *, mode_t);
    AROUND(armed && inside(path), GROWING, real(path, mode));
}

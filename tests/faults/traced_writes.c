/* Writes down, in order, what a process does to the files below TRACE_DIR: each write with its bytes, each sync.
 * Loaded before the C library; everything is done as it is asked for, and noted in TRACE_LOG. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST 4096
static char *paths[MOST];
static int trace = -1;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int inside(const char *path) {
    const char *folder = getenv("TRACE_DIR");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static void note(char what, const char *path, int64_t at, int64_t size, const void *bytes) {
    struct __attribute__((packed)) { char what; int32_t name; int64_t at, size; } head = {what, (int32_t)strlen(path), at, size};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, strlen(path)}, {(void *)bytes, bytes ? size : 0}};
    REAL(int, "open", const char *, int, ...);
    if (trace < 0) trace = real(getenv("TRACE_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (writev(trace, parts, 3) < 0) abort();
}

static int opened(int fd, const char *path) {
    if (fd >= 0 && fd < MOST) {
        pthread_mutex_lock(&one);
        free(paths[fd]);
        paths[fd] = inside(path) ? strdup(path) : NULL;
        pthread_mutex_unlock(&one);
    }
    return fd;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        REAL(int, #name, const char *, int, ...); \
        int fd = opened(real(path, flags, mode), path); \
        if (fd >= 0 && inside(path) && (flags & (O_CREAT | O_TRUNC))) { \
            pthread_mutex_lock(&one); note(flags & O_TRUNC ? 'Z' : 'O', path, 0, 0, NULL); pthread_mutex_unlock(&one); \
        } \
        return fd; \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    REAL(int, "close", int);
    if (fd >= 0 && fd < MOST) opened(fd, NULL);
    return real(fd);
}

static const char *known(int fd) { return fd >= 0 && fd < MOST ? paths[fd] : NULL; }

#define NOTED(call, fd, what, at, size, bytes) \
    const char *path = known(fd); \
    if (!path) return call; \
    pthread_mutex_lock(&one); \
    ssize_t done = call; \
    if (done >= 0) note(what, path, at, size, bytes); \
    pthread_mutex_unlock(&one); \
    return done

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    NOTED(real(fd, bytes, size, at), fd, 'W', at, done, bytes);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    NOTED(real(fd, bytes, size, at), fd, 'W', at, done, bytes);
}
ssize_t write(int fd, const void *bytes, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    NOTED(real(fd, bytes, size), fd, 'W', lseek(fd, 0, SEEK_CUR) - done, done, bytes);
}
int ftruncate(int fd, off_t size) {
    REAL(int, "ftruncate", int, off_t);
    NOTED(real(fd, size), fd, 'T', size, 0, NULL);
}
int ftruncate64(int fd, off64_t size) {
    REAL(int, "ftruncate64", int, off64_t);
    NOTED(real(fd, size), fd, 'T', size, 0, NULL);
}
int fsync(int fd) {
    REAL(int, "fsync", int);
    NOTED(real(fd), fd, 'S', 0, 0, NULL);
}
int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    NOTED(real(fd), fd, 'S', 0, 0, NULL);
}
int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    int done = real(path);
    if (done == 0 && inside(path)) {
        pthread_mutex_lock(&one); note('U', path, 0, 0, NULL); pthread_mutex_unlock(&one);
    }
    return done;
}

// Tries what a sandbox should refuse, each argument one thing, and prints whether it was refused: the tests run it in a
// unit in place of the unit's own program. It does no harm where it is allowed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int try_socket(int family, int type) { return socket(family, type, 0); }

static int try_read(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) return -1;
    return open(path, O_RDONLY);
}

static int try_write(const char *folder) {
    char path[4096];
    snprintf(path, sizeof path, "%s/sandbox-probe", folder);
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    if (file >= 0) unlink(path);
    return file;
}

static int try_connect(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, sizeof address);
}

// Writes a page, then makes it executable.
static int try_written_page(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return 0;
    memset(page, 0xC3, 4096);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int try_writable_executable_page(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? -1 : 0;
}

// Copies itself into the folder and executes the copy.
static int try_written_program(const char *folder) {
    char path[4096], buffer[65536];
    snprintf(path, sizeof path, "%s/sandbox-program", folder);
    int from = open("/proc/self/exe", O_RDONLY), to = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0700);
    if (from < 0 || to < 0) return -1;
    for (ssize_t count; (count = read(from, buffer, sizeof buffer)) > 0;)
        if (write(to, buffer, count) != count) return -1;
    close(to);
    int result[2];
    if (pipe2(result, O_CLOEXEC) != 0) return -1;
    pid_t child = fork();
    if (child == 0) {
        execl(path, path, (char *)NULL);
        int error = errno;
        _exit(write(result[1], &error, sizeof error) < 0);
    }
    close(result[1]);
    int error = 0;
    int failed = read(result[0], &error, sizeof error) == sizeof error;
    waitpid(child, NULL, 0);
    unlink(path);
    errno = error;
    return failed ? -1 : 0;
}

// In a child, which is ended at once: being traced has consequences.
static int try_ptrace(void) {
    pid_t child = fork();
    if (child == 0) _exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : errno);
    int status = 0;
    waitpid(child, &status, 0);
    errno = WEXITSTATUS(status);
    return errno == 0 ? 0 : -1;
}

static int try_set_user_id_file(const char *folder) {
    char path[4096];
    snprintf(path, sizeof path, "%s/sandbox-suid", folder);
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    if (file < 0) return -1;
    int result = fchmod(file, 04700), error = errno;
    unlink(path);
    errno = error;
    return result;
}

static int attempt(const char *what, const char *argument) {
    errno = 0;
    if (!strcmp(what, "inet")) return try_socket(AF_INET, SOCK_STREAM);
    if (!strcmp(what, "inet6")) return try_socket(AF_INET6, SOCK_DGRAM);
    if (!strcmp(what, "netlink")) return try_socket(AF_NETLINK, SOCK_RAW);
    if (!strcmp(what, "packet")) return try_socket(AF_PACKET, SOCK_RAW);
    if (!strcmp(what, "ptrace")) return try_ptrace();
    if (!strcmp(what, "written-page")) return try_written_page();
    if (!strcmp(what, "writable-executable-page")) return try_writable_executable_page();
    if (!strcmp(what, "namespace")) return unshare(CLONE_NEWUSER);
    if (!strcmp(what, "mount")) return mount("none", "/tmp", "tmpfs", 0, NULL);
    if (!strcmp(what, "root")) return setuid(0);
    if (!strcmp(what, "kill-init")) return kill(1, 0);
    if (!strcmp(what, "read")) return try_read(argument);
    if (!strcmp(what, "write")) return try_write(argument);
    if (!strcmp(what, "connect")) return try_connect(argument);
    if (!strcmp(what, "run-written")) return try_written_program(argument);
    if (!strcmp(what, "set-user-id")) return try_set_user_id_file(argument);
    fprintf(stderr, "there is no attempt %s\n", what);
    exit(64);
}

int main(int count, char **arguments) {
    for (int index = 1; index < count; index++) {
        char what[64] = "";
        const char *colon = strchr(arguments[index], ':');
        size_t length = colon ? (size_t)(colon - arguments[index]) : strlen(arguments[index]);
        memcpy(what, arguments[index], length < 63 ? length : 63);
        int result = attempt(what, colon ? colon + 1 : "");
        printf("%s %s\n", arguments[index], result < 0 ? strerrorname_np(errno) : "allowed");
    }
    return 0;
}

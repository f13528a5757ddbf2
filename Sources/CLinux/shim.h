#pragma once

// Linux calls that Swift does not see: variadic functions, and declarations that glibc makes only
// under _GNU_SOURCE, which the Glibc module is built without. No logic beyond the call, but for what
// happens between vfork(2) and execve(2) or _exit(2), where Swift must not run.

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/eventfd.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

extern int pipe2(int descriptors[2], int flags);
extern int getresuid(uid_t *real, uid_t *effective, uid_t *saved);
extern int getresgid(gid_t *real, gid_t *effective, gid_t *saved);
extern int setresuid(uid_t real, uid_t effective, uid_t saved);
extern int setresgid(gid_t real, gid_t effective, gid_t saved);

static inline int shim_linux_set_child_subreaper(int on) {
  return prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0);
}

static inline int shim_linux_set_no_new_privileges(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static inline int shim_linux_set_dumpable(int on) {
  return prctl(PR_SET_DUMPABLE, on, 0, 0, 0);
}

// A descriptor that poll(2) finds readable once it has been written to. -1 on failure.
static inline int shim_linux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline int shim_linux_pidfd_open(pid_t pid) {
  return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int shim_linux_pidfd_send_signal(int descriptor, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0);
}

static inline int shim_linux_pipe(int descriptors[2]) {
  return pipe2(descriptors, O_CLOEXEC);
}

static inline int shim_linux_get_user_ids(uid_t *real, uid_t *effective, uid_t *saved) {
  return getresuid(real, effective, saved);
}

static inline int shim_linux_get_group_ids(gid_t *real, gid_t *effective, gid_t *saved) {
  return getresgid(real, effective, saved);
}

static inline int shim_linux_set_user_ids(uid_t real, uid_t effective, uid_t saved) {
  return setresuid(real, effective, saved);
}

static inline int shim_linux_set_group_ids(gid_t real, gid_t effective, gid_t saved) {
  return setresgid(real, effective, saved);
}

// Opens a folder itself, never what a symbolic link points to, without permission to read it.
static inline int shim_linux_open_folder_path(int folder, const char *name) {
  return openat(folder, name, __O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
}

static inline int shim_linux_openat(int folder, const char *name, int flags, mode_t mode) {
  return openat(folder, name, flags, mode);
}

// openat2(2), Linux 5.6: the kernel itself refuses a path that leads out of the folder, whatever
// changes meanwhile; with `links` at 0 also every symbolic link.
static inline int shim_linux_open_beneath(
    int folder, const char *path, int flags, mode_t mode, int links) {
  struct open_how how = {
      .flags = (unsigned)flags,
      .mode = flags & (O_CREAT | __O_TMPFILE) ? mode : 0,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (links ? 0 : RESOLVE_NO_SYMLINKS)};
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static inline int shim_linux_fcntl(int descriptor, int command, int argument) {
  return fcntl(descriptor, command, argument);
}

extern int accept4(int socket, void *address, void *length, int flags);

static inline int shim_linux_accept(int socket, int flags) {
  return accept4(socket, NULL, NULL, flags);
}

// strverscmp(3) is a GNU extension that Swift's Glibc module does not show.
extern int strverscmp(const char *, const char *);

static inline int shim_linux_compare_versions(const char *a, const char *b) {
  return strverscmp(a, b);
}

static inline int shim_linux_keep_capabilities(int on) {
  return prctl(PR_SET_KEEPCAPS, on, 0, 0, 0);
}

// The calling thread's permitted and effective capabilities, as bits; it inherits none on.
static inline int shim_linux_set_capabilities(unsigned int bits) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{bits, bits, 0}, {0, 0, 0}};
  return (int)syscall(SYS_capset, &header, data);
}

// The calling thread's user and group for all that goes by path; no other permission has to do with
// them. Nonzero where they are not what was asked for.
static inline int shim_linux_set_file_ids(uid_t user, gid_t group) {
  setfsgid(group);
  setfsuid(user);
  return (uid_t)setfsuid((uid_t)-1) != user || (gid_t)setfsgid((gid_t)-1) != group;
}

// A table of mounts of this process's own, which still sees what others mount and unmount, and shared
// memory, semaphores and message queues of its own, which go with the last process that has them.
static inline int shim_linux_unshare_mounts_and_ipc(void) {
  if (syscall(SYS_unshare, 0x00020000 | 0x08000000) != 0) return -1;
  return mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL);
}

static inline int shim_linux_bind_mount(const char *source, const char *target) {
  return mount(source, target, NULL, MS_BIND, NULL);
}

// A program about to be started.
struct shim_linux_program {
  // Paths that are tried in turn; ended by NULL, as are the other lists.
  char **candidates;
  char **arguments;
  char **environment;
  // NULL for the caller's.
  const char *folder;
  // What becomes 0, 1, 2, ...: numbers above those.
  const int *descriptors;
  int descriptor_count;
  // -1 for the caller's.
  uid_t user;
  gid_t group;
  // How many processes and threads a user that is not the caller may have.
  unsigned int processes;
};

enum {
  shim_linux_stage_process,
  shim_linux_stage_folder,
  shim_linux_stage_program,
};

// Starts a program in a session of its own, with default signals and an empty mask.
//
// Returns its process id, or the negated errno of the stage that failed.
__attribute__((noinline)) static pid_t shim_linux_start(
    const struct shim_linux_program *program, int *stage) {
  volatile int failure = 0;
  volatile int reached = shim_linux_stage_process;
  sigset_t all, before, none;
  sigfillset(&all);
  sigemptyset(&none);
  sigprocmask(SIG_BLOCK, &all, &before);
  pid_t child = vfork();
  if (child == 0) {
    // The memory is the parent's, which waits. Calls of the kernel's own, since those of the C
    // library would tell the parent's other threads.
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < 65; number++) sigaction(number, &standard, NULL);
    setsid();
    int count = program->descriptor_count;
    for (int number = 0; number < count; number++) {
      if (dup2(program->descriptors[number], number) < 0) goto failed;
    }
    syscall(SYS_close_range, count, ~0U, 0);
    if (program->group != (gid_t)-1) {
      gid_t group = program->group;
      if (syscall(SYS_setresgid, group, group, group) != 0) goto failed;
    }
    if (program->user != (uid_t)-1) {
      uid_t user = program->user;
      if (syscall(SYS_setresuid, user, user, user) != 0) goto failed;
      // Of a user that is a run's alone: more than any service has, and less than the machine. Fails
      // where it has fewer already.
      struct rlimit processes = {program->processes, program->processes};
      syscall(SYS_prlimit64, 0, RLIMIT_NPROC, &processes, NULL);
    }
    reached = shim_linux_stage_folder;
    if (program->folder != NULL && chdir(program->folder) != 0) goto failed;
    reached = shim_linux_stage_program;
    sigprocmask(SIG_SETMASK, &none, NULL);
    int refusal = ENOENT;
    for (char **path = program->candidates; *path != NULL; path++) {
      execve(*path, program->arguments, program->environment);
      if (errno == ENOENT || errno == ENOTDIR) continue;
      refusal = errno;
      if (errno != EACCES) break;
    }
    errno = refusal;
  failed:
    failure = errno;
    _exit(127);
  }
  int error = errno;
  sigprocmask(SIG_SETMASK, &before, NULL);
  *stage = reached;
  if (child < 0) return -error;
  if (failure == 0) return child;
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
  }
  return -failure;
}

// Kills every process of a user at once: kill(2) of all, by a process that may signal no others.
//
// `killer` is a user that nobody is, so that nobody may signal that process. Returns 0 where it was
// done; there need not have been any.
__attribute__((noinline)) static int shim_linux_kill_user(uid_t user, uid_t killer) {
  pid_t child = vfork();
  if (child == 0) {
    if (syscall(SYS_setresuid, killer, user, killer) != 0) _exit(1);
    // CAP_KILL would mean all processes of the machine.
    if (shim_linux_set_capabilities(0) != 0) _exit(1);
    if (kill(1, 0) == 0 || errno != EPERM) _exit(1);
    kill(-1, SIGKILL);
    _exit(0);
  }
  if (child < 0) return -1;
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

#pragma once

// Linux calls that Swift does not see: variadic functions, and declarations that glibc makes only
// under _GNU_SOURCE, which the Glibc module is built without. No logic beyond the call.

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(
    posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(
    posix_spawn_file_actions_t *actions, int from);
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

static inline int shim_linux_pidfd_open(pid_t pid) {
  return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int shim_linux_pidfd_send_signal(int descriptor, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0);
}

static inline int shim_linux_pipe(int descriptors[2]) {
  return pipe2(descriptors, O_CLOEXEC);
}

static inline int shim_linux_spawn_add_working_directory(
    posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

static inline int shim_linux_spawn_add_close_from(
    posix_spawn_file_actions_t *actions, int from) {
  return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

// POSIX_SPAWN_SETSID, which <spawn.h> defines under _GNU_SOURCE only.
static inline short shim_linux_spawn_flag_session(void) {
  return 0x80;
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

// measure ROUNDS PROGRAM [ARGUMENT…]: runs it and prints what the best round took:
//
//   own CPU s, CPU s with all children that it waited for, clock s, peak memory in KiB
//
// The program's own CPU time leaves out every process that it started. Its output goes to standard
// error. Ends with 1 where a round ends with another status than 0 and $EXPECTED.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timespec time) { return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec; }

static double least(double a, double b) { return a < b ? a : b; }

int main(int count, char **arguments) {
  if (count < 3) return fprintf(stderr, "usage: measure ROUNDS PROGRAM [ARGUMENT...]\n"), 64;
  const char *expected = getenv("EXPECTED");
  double own = 1e9, all = 1e9, clock = 1e9;
  long peak = 0;
  for (long round = atol(arguments[1]); round > 0; round--) {
    struct timespec start, end, cpu;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t pid = fork();
    if (pid < 0) return perror("fork"), 1;
    if (pid == 0) {
      dup2(STDERR_FILENO, STDOUT_FILENO);
      execvp(arguments[2], arguments + 2);
      perror(arguments[2]);
      _exit(127);
    }
    // It stays in the table of processes, and with it its own clock, until wait4.
    siginfo_t info;
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0)
      if (errno != EINTR) return perror("waitid"), 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    clockid_t id;
    if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &cpu) != 0)
      return perror("the program's clock"), 1;
    int status;
    struct rusage usage;
    if (wait4(pid, &status, 0, &usage) != pid) return perror("wait4"), 1;
    if (!WIFEXITED(status) ||
        (WEXITSTATUS(status) != 0 && (!expected || WEXITSTATUS(status) != atoi(expected))))
      return fprintf(stderr, "%s ended with status %#x\n", arguments[2], status), 1;
    own = least(own, seconds(cpu));
    all = least(all, (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
                         1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec));
    clock = least(clock, seconds(end) - seconds(start));
    if (usage.ru_maxrss > peak) peak = usage.ru_maxrss;
  }
  printf("%.6f %.6f %.6f %ld\n", own, all, clock, peak);
  return 0;
}

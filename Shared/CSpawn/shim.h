// GNU extensions that Swift's Glibc module hides (it is built without _GNU_SOURCE).
#include <spawn.h>
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

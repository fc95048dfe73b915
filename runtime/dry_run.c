/* dry_run.c - see dry_run.h. */
#include "runtime/dry_run.h"

#include <inttypes.h>

#include "runtime/output.h"

static void take_progress(void *context, const replay_counts *counts, uint64_t bytes_read,
                          uint64_t bytes_total) {
  progress_tell(&((dry_run *)context)->bar, counts->accepted, bytes_read, bytes_total);
}

replay_options dry_run_replay(const dry_run_options *options, const treaty_program *program,
                              const char *const *paths, size_t path_count, dry_run *run) {
  return (replay_options){.paths = paths,
                          .path_count = path_count,
                          .line_bytes_max = options->event_bytes_max,
                          .sort = options->sort,
                          .as_if_in_force = options->as_if_in_force,
                          .until_ms = option_time_ms(&options->until, program),
                          .progress = take_progress,
                          .context = run};
}

bool dry_run_takes(dry_run *run, const treaty_event *event) {
  if (run->account.bytes && !bytes_same(run->account, event->account)) return false;
  run->account_seen = true;
  return true;
}

void dry_run_say_refused(const replay_counts *counts) {
  uint64_t refused = counts->refused;
  if (refused == 0) return;
  say("of the feed %" PRIu64 " %s refused; `treaty run` shows %s", refused,
      refused == 1 ? "line was" : "lines were", refused == 1 ? "it" : "them");
}

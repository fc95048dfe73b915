/* restart.c - see restart.h. */
#include "runtime/restart.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "runtime/output.h"
#include "runtime/progress.h"
#include "runtime/treaty_file.h"

/* Rows found missing are written in pieces of this size. */
#define PIECE_BYTES ((size_t)4 * 1024 * 1024)

/* ---- The program ----------------------------------------------------------------------------- */

static void take_program(restart *restart, treaty_file *file) {
  restart->host = file->host;
  restart->program = file->program;
  file->host = NULL;
  file->program = NULL;
  treaty_file_close(file);
}

static bool load_stored(restart *restart, const buffer *bundle, buffer *why) {
  treaty_file file;
  bool loaded = treaty_file_of_bundle(bundle, &file, why);
  take_program(restart, &file);
  return loaded;
}

/* A treaty that the store does not have yet becomes its newest. */
static bool record_program(restart *restart, const char *hash, buffer *why) {
  store_batch batch;
  buffer bundle = {0};
  store_batch_init(&batch);
  host_bundle(restart->host, &bundle);
  store_batch_program(&batch, 0, hash, (treaty_text){bundle.bytes, bundle.length});
  bool written = store_commit(restart->store, &batch, why);
  store_batch_close(&batch);
  buffer_free(&bundle);
  return written;
}

/* Before the store is touched: a treaty that does not check changes nothing. */
static bool load_file(restart *restart, const char *path, int *exit_code) {
  treaty_file file;
  *exit_code = treaty_file_load(path, &file);
  take_program(restart, &file);
  return *exit_code == EXIT_FINE;
}

/* Holds the file's treaty against that in the store ("": none). */
static bool fit_file(restart *restart, const restart_options *options, const char *stored,
                     buffer *why) {
  char hash[65];
  host_hash(restart->host, hash);
  if (strcmp(hash, stored) == 0) return true;
  if (!store_has_decisions(restart->store)) return record_program(restart, hash, why);
  buffer_print(
      why,
      "'%s' is not the treaty that the store %s has decided by; a treaty that governs leads "
      "is not changed under them: start without it, or with a new store",
      options->treaty, options->folder);
  return false;
}

static bool choose_program(restart *restart, const restart_options *options, buffer *why) {
  buffer bundle = {0};
  char hash[65] = "";
  bool chosen = false, found = store_newest_program(restart->store, hash, &bundle, why);
  if (!found && why->length > 0) {
    chosen = false;
  } else if (options->treaty) {
    chosen = fit_file(restart, options, found ? hash : "", why);
  } else if (found) {
    chosen = load_stored(restart, &bundle, why);
  } else {
    buffer_print(why, "the store %s has no treaty yet: name its file", options->folder);
  }
  buffer_free(&bundle);
  return chosen;
}

/* ---- The log --------------------------------------------------------------------------------- */

typedef struct replaying {
  restart *restart;
  progress bar;
  store_batch missing; /* rows that a crash kept from being written */
  buffer stored;       /* a decision as the table has it */
  uint64_t differing, written;
  store_position first_differing;
  store_position last; /* that was derived */
} replaying;

static void compare_decision(void *context, const treaty_decision *decision, treaty_text json) {
  replaying *replay = context;
  buffer *stored = &replay->stored;
  replay->last = (store_position){decision->seq, decision->n};
  if (!store_find_decision(replay->restart->store, decision->seq, decision->n, stored)) {
    store_batch_decision(&replay->missing, decision, json, false);
  } else if (stored->length != json.length || memcmp(stored->bytes, json.bytes, json.length) != 0) {
    if (replay->differing++ == 0)
      replay->first_differing = (store_position){decision->seq, decision->n};
  }
}

static void keep_refused(replaying *replay, uint64_t number, const record *record,
                         const feeder_answer *answer) {
  store_batch_refused(&replay->missing, &(store_refused){.record = number,
                                                         .received_ms = record->clock_ms,
                                                         .feed = record->feed,
                                                         .source = answer->source,
                                                         .id = answer->id,
                                                         .line = record->text,
                                                         .refusal = &answer->refusal});
}

static bool write_missing(replaying *replay, buffer *why) {
  feeder_changed_leads(replay->restart->feeder, &replay->missing);
  replay->written += replay->missing.decisions.count;
  bool written = store_commit(replay->restart->store, &replay->missing, why);
  store_batch_clear(&replay->missing);
  return written;
}

/* As in the engine: what is refused moves nothing. */
static bool moves_clock(const record *record, treaty_status status) {
  return record->kind != RECORD_PROGRAM && status == TREATY_OK;
}

static bool replay_record(void *context, uint64_t number, const record *record, buffer *why) {
  replaying *replay = context;
  restart *restart = replay->restart;
  feeder_answer answer = feeder_record(restart->feeder, number, record);
  if (answer.status == TREATY_NO_MEMORY || answer.status == TREATY_NO_HISTORY) {
    buffer_print(why, "%s", feeder_error(restart->feeder, answer.status));
    return false;
  }
  if (answer.status == TREATY_REFUSED) keep_refused(replay, number, record, &answer);
  if (moves_clock(record, answer.status) && record->clock_ms > restart->clock_ms)
    restart->clock_ms = record->clock_ms;
  feeder_decisions(restart->feeder, compare_decision, replay);
  if (number % 8192 == 0)
    progress_tell(&replay->bar, number, number, store_record_count(restart->store));
  return store_batch_bytes(&replay->missing) < PIECE_BYTES || write_missing(replay, why);
}

/* Published is published: what the table says stays, but no silence about it. Only where it goes
 * further than the log, new decisions would get ids that have gone out with others. */
static bool tell_what_differs(const replaying *replay, store_position stored, buffer *why) {
  if (store_position_compare(replay->last, stored) < 0) {
    buffer_print(why,
                 "the store has decisions up to %" PRIu64 ".%" PRIu32
                 ", and its log gives none "
                 "behind %" PRIu64 ".%" PRIu32,
                 stored.seq, stored.n, replay->last.seq, replay->last.n);
    return false;
  }
  if (replay->differing > 0)
    say("warning: %" PRIu64
        " decisions in the store are not those that its log gives, the first is "
        "%" PRIu64 ".%" PRIu32 "; they stay as they were published",
        replay->differing, replay->first_differing.seq, replay->first_differing.n);
  return true;
}

static bool replay_log(restart *restart, buffer *why) {
  replaying replay = {.restart = restart};
  store_batch_init(&replay.missing);
  progress_begin(&replay.bar, true);
  bool done = store_replay(restart->store, replay_record, &replay, why);
  progress_clear(&replay.bar);
  if (done) done = tell_what_differs(&replay, store_last_decision(restart->store), why);
  /* Refused rows that are there already are passed over by their record's number. */
  bool missing =
      replay.written > 0 || replay.missing.decisions.count > 0 || replay.missing.refused.count > 0;
  if (done && missing) done = write_missing(&replay, why);
  store_batch_clear(&replay.missing);
  feeder_changed_leads(restart->feeder, &replay.missing); /* the rest are in the table: forgotten */
  store_batch_close(&replay.missing);
  buffer_free(&replay.stored);
  return done;
}

/* ---- Together -------------------------------------------------------------------------------- */

static bool is_whole(restart *restart, const restart_options *options, buffer *why) {
  if (store_filling(restart->store)) {
    buffer_print(why,
                 "the run that filled the store %s broke off: remove the folder and fill it again",
                 options->folder);
    return false;
  }
  return true;
}

/* What the wall clock has decided, the events' clock could not decide again. */
static bool choose_clock(restart *restart, const restart_options *options, buffer *why) {
  store_clock stored = store_clock_kind(restart->store);
  if (stored == STORE_CLOCK_WALL && options->clock == STORE_CLOCK_EVENTS) {
    buffer_print(why,
                 "the store %s has gone by the wall clock: it cannot go back to --clock events",
                 options->folder);
    return false;
  }
  restart->clock = options->clock != STORE_CLOCK_NONE ? options->clock
                   : stored != STORE_CLOCK_NONE       ? stored
                                                      : STORE_CLOCK_WALL;
  return true;
}

static bool open_store(restart *restart, const restart_options *options, buffer *why) {
  store_mode mode = options->treaty ? STORE_OPEN_OR_CREATE : STORE_OPEN;
  restart->store = store_open(options->folder, mode, why);
  if (!restart->store || !is_whole(restart, options, why) || !choose_clock(restart, options, why) ||
      !choose_program(restart, options, why))
    return false;
  restart->feeder = feeder_new(restart->program, options->folder);
  if (!restart->feeder) buffer_print(why, "there is not enough memory to begin");
  return restart->feeder && replay_log(restart, why);
}

bool restart_open(restart *restart, const restart_options *options, int *exit_code) {
  *restart = (struct restart){.clock_ms = INT64_MIN};
  if (options->treaty && !load_file(restart, options->treaty, exit_code)) return false;
  buffer why = {0};
  bool ready = open_store(restart, options, &why);
  if (!ready) say("%s", buffer_text(&why));
  *exit_code = ready ? EXIT_FINE : EXIT_USAGE;
  buffer_free(&why);
  return ready;
}

void restart_close(restart *restart) {
  feeder_free(restart->feeder);
  treaty_program_free(restart->program);
  host_free(restart->host);
  store_close(restart->store);
}

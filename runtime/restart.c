/* restart.c - see restart.h. */
#include "runtime/restart.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "runtime/output.h"
#include "runtime/progress.h"
#include "runtime/programs.h"
#include "runtime/wall_clock.h"

/* Rows found missing are written in pieces of this size. */
#define PIECE_BYTES ((size_t)4 * 1024 * 1024)

/* ---- The treaties ---------------------------------------------------------------------------- */

/* Before the store is touched: a treaty that does not check changes nothing. */
static bool load_offered(const char *path, treaty_file *offered, int *exit_code) {
  *exit_code = treaty_file_load(path, offered);
  return *exit_code == EXIT_FINE;
}

/* Where the clock stands at the end of the log; INT64_MIN: there is none. */
static bool note_clock(void *context, uint64_t number, const record *record, buffer *why) {
  int64_t *clock_ms = context;
  (void)number;
  (void)why;
  if (record->kind != RECORD_PROGRAM && record->clock_ms > *clock_ms) *clock_ms = record->clock_ms;
  return true;
}

/* The instant at which a treaty is taken up now. */
static bool find_instant(restart *restart, int64_t *clock_ms, buffer *why) {
  *clock_ms = INT64_MIN;
  if (!store_replay(restart->store, note_clock, clock_ms, why)) return false;
  if (restart->clock == STORE_CLOCK_WALL && wall_clock_ms() > *clock_ms)
    *clock_ms = wall_clock_ms();
  return true;
}

/* The last `count` of the file's are new. */
static bool write_new(restart *restart, size_t count, const buffer *gone, buffer *why) {
  treaty_file *file = &restart->file;
  store_batch batch;
  store_batch_init(&batch);
  for (size_t i = file->count - count; i < file->count; i++) {
    programs_put(&batch, &file->parts[i]);
  }
  bool written =
      store_forget_programs(restart->store, (treaty_text){gone->bytes, gone->length}, why) &&
      store_commit(restart->store, &batch, why);
  store_batch_close(&batch);
  return written;
}

/* Of those with force where the store is new: it goes without saying. */
static void say_taken_up(const treaty_file *file, size_t count, bool founds) {
  for (size_t i = file->count - count; i < file->count; i++) {
    const treaty_part *part = &file->parts[i];
    for (size_t k = 0; k < part->agreement_count; k++) {
      const treaty_held *held = &part->agreements[k];
      if (part->in_shadow)
        say("\"%s\" version %u decides in shadow: %s (--unsigned puts it in force)", held->name,
            held->version,
            held->is_signed ? "what lies in one file with it is not signed by all its parties"
                            : "it is not signed by all its parties");
      else if (!founds)
        say("\"%s\" version %u is taken up", held->name, held->version);
    }
  }
}

/* Of a store that has decided nothing. */
static void forget_others(treaty_file *file, const treaty_file *offered, buffer *gone) {
  for (size_t i = 0; i < file->count; i++) {
    if (programs_has(offered, &file->parts[i])) continue;
    programs_drop(file, i--, gone);
  }
}

/* What not all have signed is taken up in shadow. */
static void heed_signatures(treaty_file *offered) {
  for (size_t i = 0; i < offered->count; i++) {
    treaty_part *part = &offered->parts[i];
    for (size_t k = 0; k < part->agreement_count; k++)
      part->in_shadow |= !part->agreements[k].is_signed;
  }
}

/* Takes up what is offered and not there. */
static bool take_offered(restart *restart, treaty_file *offered, buffer *why) {
  int64_t clock_ms = INT64_MIN;
  buffer gone = {0};
  size_t count = 0;
  bool decided = store_has_decisions(restart->store),
       founds = store_record_count(restart->store) == 0;
  if (!decided) forget_others(&restart->file, offered, &gone);
  bool at_once = !decided || programs_has_all(&restart->file, offered);
  bool taken = (at_once || find_instant(restart, &clock_ms, why)) &&
               programs_take(&restart->file, offered, clock_ms, &count, &gone, why) &&
               treaty_file_compile(&restart->file, why) &&
               (count == 0 || write_new(restart, count, &gone, why));
  if (taken) say_taken_up(&restart->file, count, founds);
  restart->taken = taken ? count : 0;
  buffer_free(&gone);
  return taken;
}

static bool choose_program(restart *restart, const restart_options *options, treaty_file *offered,
                           buffer *why) {
  treaty_file *file = &restart->file;
  if (!programs_read(restart->store, file, why)) return false;
  bool chosen = false;
  if (!options->takes_unsigned) heed_signatures(offered);
  if (offered->count > 0)
    chosen = take_offered(restart, offered, why);
  else if (file->count > 0)
    chosen = treaty_file_compile(file, why);
  else
    buffer_print(why, "the store %s has no treaty yet: name its file", options->folder);
  restart->program = file->program;
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
  treaty_status beside = shadow_record(restart->shadow, number, record, &replay->missing);
  if (beside == TREATY_NO_MEMORY || beside == TREATY_NO_HISTORY) {
    buffer_print(why, "%s", shadow_error(restart->shadow, beside));
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

/* Engines that stand where the log ends. */
static bool begin(restart *restart, const restart_options *options, buffer *why) {
  restart->feeder = feeder_new(restart->program, options->folder);
  if (!restart->feeder) buffer_print(why, "there is not enough memory to begin");
  return restart->feeder &&
         shadow_new(&restart->file, options->folder, store_last_shadow(restart->store),
                    &restart->shadow, why) &&
         replay_log(restart, why);
}

static bool open_store(restart *restart, const restart_options *options, treaty_file *offered,
                       buffer *why) {
  store_mode mode = options->treaty ? STORE_OPEN_OR_CREATE : STORE_OPEN;
  restart->store = store_open(options->folder, mode, why);
  if (!restart->store || !is_whole(restart, options, why) || !choose_clock(restart, options, why) ||
      !choose_program(restart, options, offered, why))
    return false;
  return begin(restart, options, why);
}

bool restart_open(restart *restart, const restart_options *options, int *exit_code) {
  *restart = (struct restart){.clock_ms = INT64_MIN};
  treaty_file offered = {0};
  buffer why = {0};
  bool ready = !options->treaty || load_offered(options->treaty, &offered, exit_code);
  if (!ready) {
    treaty_file_close(&offered);
    return false;
  }
  ready = open_store(restart, options, &offered, &why);
  treaty_file_close(&offered);
  if (!ready) say("%s", buffer_text(&why));
  *exit_code = ready ? EXIT_FINE : EXIT_USAGE;
  buffer_free(&why);
  return ready;
}

static void close_program(restart *restart) {
  feeder_free(restart->feeder);
  shadow_free(restart->shadow);
  treaty_file_close(&restart->file);
}

restart_outcome restart_again(restart *restart, const restart_options *options, buffer *why) {
  struct restart next = {
      .store = restart->store, .clock = restart->clock, .clock_ms = restart->clock_ms};
  treaty_file offered = {0};
  int exit_code;
  bool chosen = load_offered(options->treaty, &offered, &exit_code) &&
                choose_program(&next, options, &offered, why);
  treaty_file_close(&offered);
  if (!chosen || next.taken == 0) {
    close_program(&next);
    return chosen ? RESTART_NOTHING_NEW : RESTART_STAYS;
  }
  if (!begin(&next, options, why)) { /* what was taken up is in the log */
    close_program(&next);
    return RESTART_FAILED;
  }
  close_program(restart);
  *restart = next;
  return RESTART_TAKEN_UP;
}

void restart_close(restart *restart) {
  close_program(restart);
  store_close(restart->store);
}

/* feeder.c - see feeder.h. */
#include "runtime/feeder.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "runtime/decision_json.h"
#include "runtime/event_cache.h"
#include "runtime/event_decode.h"
#include "runtime/store_log.h"
#include "runtime/wall_clock.h"

/* The first decoder is for lines of this length; a longer line gets a larger one. */
#define DECODER_BYTES_MIN ((size_t)128 * 1024)

struct feeder {
  const treaty_program *program;
  treaty_engine *engine;
  event_decoder *decoder;
  size_t decoder_bytes;
  const char *folder;
  store_log *log; /* opened when it is asked for first */
  event_decoder *past_decoder;
  size_t past_decoder_bytes;
  treaty_event past;
  event_cache *cache;
  buffer why; /* there is no history */
  buffer json;
  buffer accounts;     /* with changed leads: a length, then that many bytes, and so on */
  size_t last_account; /* where the last of them begins */
};

/* The limit on lines is the reader's, and may change from start to start: a line that is in the log
 * is decoded whatever its length. */
static bool fit_decoder(event_decoder **decoder, size_t *bytes, size_t length) {
  if (*decoder && length <= *bytes) return true;
  size_t larger_bytes = length > DECODER_BYTES_MIN ? length : DECODER_BYTES_MIN;
  event_decoder *larger = event_decoder_new(larger_bytes);
  if (!larger) return false;
  event_decoder_free(*decoder);
  *decoder = larger;
  *bytes = larger_bytes;
  return true;
}

/* ---- History --------------------------------------------------------------------------------- */

static bool decode_again(feeder *feeder, uint64_t place) {
  record record;
  treaty_refusal refusal;
  if (!feeder->log) feeder->log = store_log_open(feeder->folder, &feeder->why);
  if (!feeder->log) return false;
  bool fine = store_log_record(feeder->log, place, &record) && record.kind == RECORD_EVENT &&
              fit_decoder(&feeder->past_decoder, &feeder->past_decoder_bytes, record.text.length) &&
              event_decode(feeder->past_decoder, feeder->program, record.text.bytes,
                           record.text.length, &feeder->past, &refusal);
  if (!fine)
    buffer_print(&feeder->why, "record %" PRIu64 " of the store could not be read again", place);
  return fine;
}

/* The record's number is the event's place. */
static bool give_again(void *context, uint64_t place, const treaty_event **event) {
  feeder *feeder = context;
  *event = event_cache_find(feeder->cache, place);
  if (*event) return true;
  if (!decode_again(feeder, place)) return false;
  *event = event_cache_keep(feeder->cache, place, &feeder->past);
  return true;
}

const char *feeder_error(feeder *feeder, treaty_status status) {
  return status == TREATY_NO_HISTORY ? buffer_text(&feeder->why)
                                     : "there is not enough memory for the state of all leads";
}

/* ---- Life ------------------------------------------------------------------------------------ */

feeder *feeder_new(const treaty_program *program, const char *folder) {
  feeder *feeder = calloc(1, sizeof *feeder);
  treaty_engine_options options = {.future_skew_ms = WALL_CLOCK_SKEW_MS,
                                   .history = {.event = give_again, .context = feeder}};
  if (!feeder) return NULL;
  /* Without randomness the tables are only easier to attack; decisions stay the same. */
  if (getrandom(options.hash_seed, sizeof options.hash_seed, GRND_NONBLOCK) < 0)
    memset(options.hash_seed, 0, sizeof options.hash_seed);
  feeder->program = program;
  feeder->folder = folder;
  feeder->cache = event_cache_new();
  if (feeder->cache && fit_decoder(&feeder->decoder, &feeder->decoder_bytes, 0) &&
      treaty_engine_new(program, &options, &feeder->engine) == TREATY_OK)
    return feeder;
  feeder_free(feeder);
  return NULL;
}

void feeder_free(feeder *feeder) {
  if (!feeder) return;
  treaty_engine_free(feeder->engine);
  event_decoder_free(feeder->decoder);
  event_decoder_free(feeder->past_decoder);
  event_cache_free(feeder->cache);
  store_log_close(feeder->log);
  buffer_free(&feeder->why);
  buffer_free(&feeder->json);
  buffer_free(&feeder->accounts);
  free(feeder);
}

treaty_engine *feeder_engine(feeder *feeder) { return feeder->engine; }

bool feeder_decode(feeder *feeder, treaty_text line, treaty_event *event, treaty_refusal *refusal) {
  if (!fit_decoder(&feeder->decoder, &feeder->decoder_bytes, line.length)) {
    event_decode_too_long(line.length, feeder->decoder_bytes, refusal);
    event->source = event->id = (treaty_text){NULL, 0};
    return false;
  }
  return event_decode(feeder->decoder, feeder->program, line.bytes, line.length, event, refusal);
}

feeder_answer feeder_record(feeder *feeder, uint64_t number, const record *record) {
  feeder_answer answer = {.status = TREATY_OK};
  treaty_event event;
  if (record->kind == RECORD_TICK) {
    answer.status = treaty_engine_advance(feeder->engine, record->clock_ms);
  } else if (record->kind == RECORD_EVENT) {
    answer.status = TREATY_REFUSED;
    if (feeder_decode(feeder, record->text, &event, &answer.refusal)) {
      event.place = number;
      answer.status =
          treaty_engine_event(feeder->engine, &event, record->clock_ms, &answer.refusal);
    }
    answer.source = event.source;
    answer.id = event.id;
  }
  return answer;
}

/* ---- What came of it ------------------------------------------------------------------------- */

static void remember_account(feeder *feeder, treaty_text account) {
  buffer *accounts = &feeder->accounts;
  size_t length = 0;
  if (accounts->length > 0) {
    const char *last = accounts->bytes + feeder->last_account;
    memcpy(&length, last, sizeof length);
    if (length == account.length && memcmp(last + sizeof length, account.bytes, length) == 0)
      return;
  }
  feeder->last_account = accounts->length;
  buffer_put(accounts, &account.length, sizeof account.length);
  buffer_put(accounts, account.bytes, account.length);
}

void feeder_decisions(feeder *feeder, feeder_visit visit, void *context) {
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(feeder->engine, &count);
  for (size_t i = 0; i < count; i++) {
    buffer_clear(&feeder->json);
    decision_json(&feeder->json, &decisions[i]);
    if (decisions[i].kind == TREATY_ACCOUNT_MERGED)
      remember_account(feeder, (treaty_text){decisions[i].from, strlen(decisions[i].from)});
    if (decisions[i].account.bytes) remember_account(feeder, decisions[i].account);
    visit(context, &decisions[i], (treaty_text){feeder->json.bytes, feeder->json.length});
  }
}

void feeder_changed_leads(feeder *feeder, store_batch *batch) {
  buffer *accounts = &feeder->accounts;
  for (size_t at = 0, length; at < accounts->length; at += sizeof length + length) {
    memcpy(&length, accounts->bytes + at, sizeof length);
    treaty_text account = {accounts->bytes + at + sizeof length, length};
    size_t count;
    const treaty_lead *leads = treaty_engine_account(feeder->engine, account, &count);
    bool is_itself = count > 0 && bytes_same(leads[0].account, account);
    if (!is_itself) store_batch_no_leads(batch, account);
    for (size_t i = 0; is_itself && i < count; i++) store_batch_lead(batch, &leads[i]);
  }
  buffer_clear(accounts);
}

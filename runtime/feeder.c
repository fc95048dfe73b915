/* feeder.c - see feeder.h. */
#include "runtime/feeder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "runtime/decision_json.h"
#include "runtime/event_decode.h"
#include "runtime/wall_clock.h"

/* The first decoder is for lines of this length; a longer line gets a larger one. */
#define DECODER_BYTES_MIN ((size_t)128 * 1024)

struct feeder {
  const treaty_program *program;
  treaty_engine *engine;
  event_decoder *decoder;
  size_t decoder_bytes;
  buffer json;
  buffer accounts;     /* with changed leads: a length, then that many bytes, and so on */
  size_t last_account; /* where the last of them begins */
};

feeder *feeder_new(const treaty_program *program) {
  feeder *feeder = calloc(1, sizeof *feeder);
  treaty_engine_options options = {.future_skew_ms = WALL_CLOCK_SKEW_MS};
  if (!feeder) return NULL;
  /* Without randomness the tables are only easier to attack; decisions stay the same. */
  if (getrandom(options.hash_seed, sizeof options.hash_seed, GRND_NONBLOCK) < 0)
    memset(options.hash_seed, 0, sizeof options.hash_seed);
  feeder->program = program;
  feeder->decoder_bytes = DECODER_BYTES_MIN;
  feeder->decoder = event_decoder_new(feeder->decoder_bytes);
  if (feeder->decoder && treaty_engine_new(program, &options, &feeder->engine) == TREATY_OK)
    return feeder;
  feeder_free(feeder);
  return NULL;
}

void feeder_free(feeder *feeder) {
  if (!feeder) return;
  treaty_engine_free(feeder->engine);
  event_decoder_free(feeder->decoder);
  buffer_free(&feeder->json);
  buffer_free(&feeder->accounts);
  free(feeder);
}

treaty_engine *feeder_engine(feeder *feeder) { return feeder->engine; }

/* The limit on lines is the reader's, and may change from start to start: a line that is in the log
 * is decoded whatever its length. */
static bool fit_decoder(feeder *feeder, size_t length) {
  if (length <= feeder->decoder_bytes) return true;
  event_decoder *larger = event_decoder_new(length);
  if (!larger) return false;
  event_decoder_free(feeder->decoder);
  feeder->decoder = larger;
  feeder->decoder_bytes = length;
  return true;
}

bool feeder_decode(feeder *feeder, treaty_text line, treaty_event *event, treaty_refusal *refusal) {
  if (!fit_decoder(feeder, line.length)) {
    event_decode_too_long(line.length, feeder->decoder_bytes, refusal);
    event->source = event->id = (treaty_text){NULL, 0};
    return false;
  }
  return event_decode(feeder->decoder, feeder->program, line.bytes, line.length, event, refusal);
}

feeder_answer feeder_record(feeder *feeder, const record *record) {
  feeder_answer answer = {.status = TREATY_OK};
  treaty_event event;
  if (record->kind == RECORD_TICK) {
    answer.status = treaty_engine_advance(feeder->engine, record->clock_ms);
  } else if (record->kind == RECORD_EVENT) {
    answer.status = TREATY_REFUSED;
    if (feeder_decode(feeder, record->text, &event, &answer.refusal))
      answer.status =
          treaty_engine_event(feeder->engine, &event, record->clock_ms, &answer.refusal);
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
    for (size_t i = 0; i < count; i++) store_batch_lead(batch, &leads[i]);
  }
  buffer_clear(accounts);
}

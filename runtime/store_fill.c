/* store_fill.c - see store_fill.h. */
#include "runtime/store_fill.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/decision_json.h"
#include "runtime/programs.h"
#include "runtime/store.h"

/* Written in one commit: a segment as large as the service's largest. */
#define PIECE_BYTES ((size_t)4 * 1024 * 1024)

struct store_fill {
  store *store;
  treaty_text feed; /* its name */
  store_batch batch;
  buffer json;
};

static bool commit(store_fill *fill, buffer *why) {
  if (store_batch_empty(&fill->batch)) return true;
  bool done = store_commit(fill->store, &fill->batch, why);
  store_batch_clear(&fill->batch);
  return done;
}

static bool found_store(store_fill *fill, const char *folder, const treaty_file *file,
                        buffer *why) {
  fill->store = store_open(folder, STORE_CREATE, why);
  if (!fill->store) return false;
  for (size_t i = 0; i < file->count; i++) {
    if (!file->parts[i].only_tests) programs_put(&fill->batch, &file->parts[i]);
  }
  return store_set_filling(fill->store, true, why) && commit(fill, why);
}

store_fill *store_fill_open(const char *folder, const char *feed, const treaty_file *file,
                            buffer *why) {
  store_fill *fill = room_grow(NULL, 1, sizeof *fill);
  *fill = (store_fill){.feed = {feed, strlen(feed)}};
  if (found_store(fill, folder, file, why)) return fill;
  store_fill_free(fill);
  return NULL;
}

uint64_t store_fill_event(store_fill *fill, int64_t clock_ms, treaty_text line) {
  store_batch_event(&fill->batch, clock_ms, fill->feed, line);
  return store_record_count(fill->store) + fill->batch.record_count;
}

void store_fill_tick(store_fill *fill, int64_t clock_ms) {
  store_batch_tick(&fill->batch, clock_ms);
}

void store_fill_refused(store_fill *fill, store_refused refused) {
  refused.feed = fill->feed;
  store_batch_refused(&fill->batch, &refused);
}

void store_fill_place(store_fill *fill, treaty_text source, treaty_text id, feed_prefix prefix) {
  store_batch_feed(&fill->batch, fill->feed, source, id, prefix);
}

void store_fill_decision(store_fill *fill, const treaty_decision *decision) {
  buffer_clear(&fill->json);
  decision_json(&fill->json, decision);
  store_batch_decision(&fill->batch, decision, (treaty_text){fill->json.bytes, fill->json.length},
                       true);
}

bool store_fill_step(store_fill *fill, buffer *why) {
  return store_batch_bytes(&fill->batch) < PIECE_BYTES || commit(fill, why);
}

static void add_lead(void *context, const treaty_lead *lead) { store_batch_lead(context, lead); }

bool store_fill_finish(store_fill *fill, treaty_engine *engine, buffer *why) {
  treaty_engine_leads(engine, add_lead, &fill->batch);
  return commit(fill, why) && store_set_filling(fill->store, false, why);
}

void store_fill_free(store_fill *fill) {
  if (!fill) return;
  store_close(fill->store);
  store_batch_close(&fill->batch);
  buffer_free(&fill->json);
  free(fill);
}

/* store_batch.c - rows are arrays of plain structs, their texts lie one behind another in one
 * buffer. */
#include "runtime/store_batch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/civil.h"

void store_batch_init(store_batch *batch) { memset(batch, 0, sizeof *batch); }

void store_batch_close(store_batch *batch) {
  buffer_free(&batch->records);
  buffer_free(&batch->texts);
  store_rows *all[] = {&batch->decisions, &batch->leads, &batch->refused, &batch->feeds,
                       &batch->programs};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]->items);
  store_batch_init(batch);
}

void store_batch_clear(store_batch *batch) {
  buffer_clear(&batch->records);
  buffer_clear(&batch->texts);
  batch->record_count = 0;
  batch->decisions.count = batch->leads.count = batch->refused.count = 0;
  batch->feeds.count = batch->programs.count = 0;
}

bool store_batch_empty(const store_batch *batch) {
  return batch->record_count == 0 && batch->decisions.count == 0 && batch->leads.count == 0 &&
         batch->refused.count == 0 && batch->feeds.count == 0 && batch->programs.count == 0;
}

size_t store_batch_bytes(const store_batch *batch) {
  return batch->records.length + batch->texts.length +
         batch->decisions.count * sizeof(store_decision_row) +
         batch->leads.count * sizeof(store_lead_row) +
         batch->refused.count * sizeof(store_refused_row);
}

/* ---- Pieces and rows ------------------------------------------------------------------------- */

treaty_text store_batch_text(const store_batch *batch, store_piece piece) {
  assert(piece.at + piece.length <= batch->texts.length);
  if (!piece.present) return (treaty_text){NULL, 0};
  return (treaty_text){piece.length ? batch->texts.bytes + piece.at : "", piece.length};
}

static store_piece keep(store_batch *batch, treaty_text text) {
  store_piece piece = {batch->texts.length, text.bytes ? text.length : 0, text.bytes != NULL};
  if (piece.length > 0) buffer_put(&batch->texts, text.bytes, text.length);
  return piece;
}

static store_piece keep_string(store_batch *batch, const char *text) {
  return keep(batch, (treaty_text){text, text ? strlen(text) : 0});
}

static store_piece keep_instant(store_batch *batch, int64_t time_ms) {
  char text[TR_TIME_TEXT_BYTES];
  return keep(batch, (treaty_text){text, tr_format_instant(time_ms, text)});
}

/* A new row, zeroed. */
static void *add_row(store_rows *rows, size_t size) {
  if (rows->count == rows->room) {
    rows->room = rows->room ? rows->room * 2 : 16;
    rows->items = realloc(rows->items, rows->room * size);
    if (!rows->items) {
      fputs("treaty: there is not enough memory\n", stderr);
      exit(2);
    }
  }
  return memset((char *)rows->items + size * rows->count++, 0, size);
}

/* ---- What goes in ---------------------------------------------------------------------------- */

void store_batch_event(store_batch *batch, int64_t clock_ms, treaty_text feed, treaty_text line) {
  segment_put(&batch->records, &(record){RECORD_EVENT, clock_ms, feed, line});
  batch->record_count++;
}

void store_batch_tick(store_batch *batch, int64_t clock_ms) {
  segment_put(&batch->records, &(record){.kind = RECORD_TICK, .clock_ms = clock_ms});
  batch->record_count++;
}

void store_batch_program(store_batch *batch, int64_t taken_ms, bool in_shadow, const char *hash,
                         treaty_text bundle) {
  treaty_text text = {hash, strlen(hash)};
  int64_t clock_ms = taken_ms == INT64_MIN ? 0 : taken_ms;
  segment_put(&batch->records, &(record){RECORD_PROGRAM, clock_ms, {NULL, 0}, text});
  batch->record_count++;
  store_program_row *row = add_row(&batch->programs, sizeof *row);
  row->hash = keep(batch, text);
  row->bundle = keep(batch, bundle);
  row->taken_ms = taken_ms;
  row->in_shadow = in_shadow;
}

static store_decision_row *add_decision(store_batch *batch, const treaty_decision *decision,
                                        treaty_text json) {
  store_decision_row *row = add_row(&batch->decisions, sizeof *row);
  row->seq = decision->seq;
  row->n = decision->n;
  row->version = decision->version;
  row->time = keep_instant(batch, decision->time_ms);
  row->type = keep_string(batch, treaty_decision_type(decision->kind));
  row->account = keep(batch, decision->account);
  row->lead = keep(batch, decision->lead);
  row->agreement = keep_string(batch, decision->agreement);
  row->clause = (store_piece){batch->texts.length, 0, decision->file != NULL};
  if (decision->file) buffer_print(&batch->texts, "%s:%u", decision->file, decision->line);
  row->clause.length = batch->texts.length - row->clause.at;
  row->json = keep(batch, json);
  return row;
}

void store_batch_decision(store_batch *batch, const treaty_decision *decision, treaty_text json,
                          bool history) {
  add_decision(batch, decision, json)->history = history;
}

void store_batch_shadow(store_batch *batch, const treaty_decision *decision, treaty_text json) {
  add_decision(batch, decision, json)->shadow = true;
}

void store_batch_lead(store_batch *batch, const treaty_lead *lead) {
  store_lead_row *row = add_row(&batch->leads, sizeof *row);
  row->ordinal = lead->ordinal;
  row->version = lead->version;
  row->closed = lead->closed;
  row->won = lead->won;
  row->account = keep(batch, lead->account);
  row->id = keep(batch, lead->id);
  row->stage = keep_string(batch, lead->stage);
  row->owner = keep_string(batch, lead->owner);
  row->agreement = keep_string(batch, lead->agreement);
  row->opened = keep_instant(batch, lead->opened_ms);
  row->stage_since = keep_instant(batch, lead->stage_since_ms);
}

void store_batch_no_leads(store_batch *batch, treaty_text account) {
  store_lead_row *row = add_row(&batch->leads, sizeof *row);
  row->ordinal = 0;
  row->account = keep(batch, account);
}

void store_batch_refused(store_batch *batch, const store_refused *refused) {
  store_refused_row *row = add_row(&batch->refused, sizeof *row);
  row->record = refused->record;
  row->line_number = refused->line_number;
  row->received = keep_instant(batch, refused->received_ms);
  row->feed = keep(batch, refused->feed);
  row->source = keep(batch, refused->source);
  row->id = keep(batch, refused->id);
  row->code = keep_string(batch, treaty_refusal_word(refused->refusal->code));
  row->reason = keep_string(batch, refused->refusal->reason);
  row->line = keep(batch, refused->line);
}

void store_batch_feed(store_batch *batch, treaty_text name, treaty_text source, treaty_text id,
                      feed_prefix prefix) {
  store_feed_row *row = add_row(&batch->feeds, sizeof *row);
  row->name = keep(batch, name);
  row->source = keep(batch, source);
  row->id = keep(batch, id);
  row->prefix = prefix;
}

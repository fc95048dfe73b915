/* segments.c - see segments.h. */
#include "engine/segments.h"

static tr_segment nobody(void) {
  return (tr_segment){.all = tr_aggregate_none(), .holds_ms = TR_NEVER, .until_ms = TR_NEVER};
}

void tr_segments_widen(tr_segments *segments, tr_memory *memory, uint32_t count) {
  uint32_t old = segments->room, room = old ? old : 1;
  if (count <= old) return;
  while (room < count) room *= 2;
  tr_segment *nodes = tr_memory_alloc(memory, sizeof *nodes * room * 2);
  for (uint32_t i = 0; i < room; i++) nodes[i] = (tr_segment){.until_ms = INT64_MIN};
  for (uint32_t i = 0; i < room; i++)
    nodes[room + i] = i < old ? segments->nodes[old + i] : nobody();
  tr_memory_free(memory, segments->nodes);
  *segments = (tr_segments){.nodes = nodes, .room = room};
}

void tr_segments_changed(tr_segments *segments, uint32_t place) {
  for (uint32_t i = segments->room + place; i > 0; i /= 2) segments->nodes[i].until_ms = INT64_MIN;
}

/* What is done to bring a node up to date. */
typedef struct refreshing {
  tr_segments *segments;
  const tr_eval *eval;
  tr_opcode op;
  tr_segments_ask *ask;
  const void *context;
} refreshing;

static void ask_again(const refreshing *how, uint32_t place, tr_segment *leaf) {
  tr_eval asking = {.engine = how->eval->engine, .now_ms = how->eval->now_ms, .until_ms = TR_NEVER};
  leaf->all = how->ask(&asking, how->context, place);
  leaf->holds_ms = asking.until_ms;
}

/* As deep as the tree: 32 at most. */
static const tr_segment *refresh(const refreshing *how, uint32_t at) {
  tr_segment *node = &how->segments->nodes[at];
  if (node->until_ms > how->eval->now_ms) return node;
  if (at >= how->segments->room) {
    ask_again(how, at - how->segments->room, node);
  } else {
    const tr_segment *left = refresh(how, at * 2), *right = refresh(how, at * 2 + 1);
    node->all = tr_aggregate_join(how->eval, how->op, &left->all, &right->all);
    node->holds_ms = left->holds_ms < right->holds_ms ? left->holds_ms : right->holds_ms;
  }
  node->until_ms = node->holds_ms < node->all.break_ms ? node->holds_ms : node->all.break_ms;
  return node;
}

const tr_segment *tr_segments_whole(tr_segments *segments, const tr_eval *eval, tr_opcode op,
                                    tr_segments_ask *ask, const void *context) {
  refreshing how = {.segments = segments, .eval = eval, .op = op, .ask = ask, .context = context};
  return refresh(&how, 1);
}

void tr_segments_close(tr_segments *segments, tr_memory *memory) {
  tr_memory_free(memory, segments->nodes);
  *segments = (tr_segments){0};
}

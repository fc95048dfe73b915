/* heap.c - the usual binary heap in an array; each item put down is reported. See heap.h. */
#include "engine/heap.h"

#include <assert.h>

#define ROOM_FIRST 16u

void tr_heap_init(tr_heap *heap, tr_memory *memory, tr_heap_owner owner) {
  assert(memory && owner.before && owner.moved);
  *heap = (tr_heap){.memory = memory, .owner = owner};
}

const tr_heap_item *tr_heap_first(const tr_heap *heap) {
  return heap->count ? &heap->items[0] : NULL;
}

static bool is_before(const tr_heap *heap, tr_heap_item a, tr_heap_item b) {
  if (a.instant_ms != b.instant_ms) return a.instant_ms < b.instant_ms;
  return heap->owner.before(heap->owner.owner, a.index, b.index);
}

static void put(tr_heap *heap, uint32_t position, tr_heap_item item) {
  heap->items[position] = item;
  heap->owner.moved(heap->owner.owner, item.index, position);
}

/* Puts `item` at the hole `position` or above it, moving later ones down. */
static void rise(tr_heap *heap, uint32_t position, tr_heap_item item) {
  while (position > 0) {
    uint32_t parent = (position - 1) / 2;
    if (!is_before(heap, item, heap->items[parent])) break;
    put(heap, position, heap->items[parent]);
    position = parent;
  }
  put(heap, position, item);
}

/* Puts `item` at the hole `position` or below it, moving earlier ones up. */
static void sink(tr_heap *heap, uint32_t position, tr_heap_item item) {
  for (;;) {
    uint64_t child = (uint64_t)position * 2 + 1;
    if (child >= heap->count) break;
    if (child + 1 < heap->count && is_before(heap, heap->items[child + 1], heap->items[child])) {
      child++;
    }
    if (!is_before(heap, heap->items[child], item)) break;
    put(heap, position, heap->items[child]);
    position = (uint32_t)child;
  }
  put(heap, position, item);
}

static void settle(tr_heap *heap, uint32_t position, tr_heap_item item) {
  bool earlier = position > 0 && is_before(heap, item, heap->items[(position - 1) / 2]);
  if (earlier)
    rise(heap, position, item);
  else
    sink(heap, position, item);
}

static void make_room(tr_heap *heap) {
  if (heap->count < heap->room) return;
  assert(heap->room < UINT32_MAX / 2);
  uint32_t room = heap->room ? heap->room * 2 : ROOM_FIRST;
  heap->items = tr_memory_grow(heap->memory, heap->items, sizeof *heap->items * heap->room,
                               sizeof *heap->items * room);
  heap->room = room;
}

void tr_heap_add(tr_heap *heap, int64_t instant_ms, uint32_t index) {
  make_room(heap);
  rise(heap, heap->count++, (tr_heap_item){.instant_ms = instant_ms, .index = index});
}

void tr_heap_move(tr_heap *heap, uint32_t position, int64_t instant_ms) {
  assert(position < heap->count);
  tr_heap_item item = heap->items[position];
  item.instant_ms = instant_ms;
  settle(heap, position, item);
}

void tr_heap_remove(tr_heap *heap, uint32_t position) {
  assert(position < heap->count);
  uint32_t index = heap->items[position].index;
  tr_heap_item last = heap->items[--heap->count];
  if (position < heap->count) settle(heap, position, last);
  heap->owner.moved(heap->owner.owner, index, TR_HEAP_NONE);
}

void tr_heap_close(tr_heap *heap) {
  tr_memory_free(heap->memory, heap->items);
  heap->items = NULL;
  heap->count = heap->room = 0;
}

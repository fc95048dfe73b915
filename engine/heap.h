/* heap.h - what is due when: a binary heap of (instant, index) whose first item is due first.
 *
 * The index names a thing of the owner, an account with a timer. The owner hears at which position
 * each of its things stands, and so can move or remove it without a search. Things due at one
 * instant come in the order the owner gives them, never in an order that depends on how they were
 * added.
 *
 *                  [0] 09:00 acme
 *            [1] 09:30 brax   [2] 09:00 core           a parent is never after its children
 *        [3] 11:00 dorn  [4] 09:30 elbe
 *
 * The items belong to the memory the heap was made with, and die with it or by tr_heap_close. */
#ifndef TR_HEAP_H
#define TR_HEAP_H

#include <stdbool.h>
#include <stdint.h>

#include "grammar/memory.h"

/* The position of what is not in the heap. */
#define TR_HEAP_NONE UINT32_MAX

typedef struct tr_heap_item {
  int64_t instant_ms;
  uint32_t index;
} tr_heap_item;

typedef struct tr_heap_owner {
  /* Whether, at one instant, the thing `first` comes before `second`: a strict total order. */
  bool (*before)(const void *owner, uint32_t first, uint32_t second);
  /* The thing now stands at `position`; TR_HEAP_NONE: it has left. Must not call the heap. */
  void (*moved)(void *owner, uint32_t index, uint32_t position);
  void *owner; /* handed to both */
} tr_heap_owner;

typedef struct tr_heap {
  tr_memory *memory;
  tr_heap_owner owner;
  tr_heap_item *items;
  uint32_t count, room;
} tr_heap;

void tr_heap_init(tr_heap *heap, tr_memory *memory, tr_heap_owner owner);

/* The item due first, NULL when the heap is empty. Borrowed until the next change. */
const tr_heap_item *tr_heap_first(const tr_heap *heap);

/* Adds a thing that is not in the heap. */
void tr_heap_add(tr_heap *heap, int64_t instant_ms, uint32_t index);

/* Gives the thing at `position` another instant, earlier or later. */
void tr_heap_move(tr_heap *heap, uint32_t position, int64_t instant_ms);

/* Takes out the thing at `position`; 0 is the one due first. */
void tr_heap_remove(tr_heap *heap, uint32_t position);

/* Gives the storage back without a word to the owner; the heap is empty then and can be used
 * again. */
void tr_heap_close(tr_heap *heap);

#endif

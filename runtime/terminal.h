/* terminal.h - what suits the place that text goes to: colour, width, and texts from outside made
 * harmless. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"
#include "treaty.h"

/* Whether the file descriptor is a terminal that wants colour: NO_COLOR and TERM=dumb say no. */
bool terminal_colour(int file);

/* Its width in characters: COLUMNS, else what the terminal says, else 80. */
size_t terminal_columns(int file);

/* Adds a text that came from outside. Control characters, which could steer a terminal or break a
 * line, become
 * "?"; letters of every script stay. */
void terminal_put_text(buffer *out, treaty_text text);

/* Adds `2026-11-06 14:00:00+01:00`, in the program's zone; see treaty_time_text. */
void terminal_put_instant(buffer *out, const treaty_program *program, int64_t time_ms);

/* Adds a duration for reading along: its two largest units, rounded: `2 days 4 hours`. Open time
 * has no days, because 32 open hours are four working days. */
void terminal_put_duration(buffer *out, int64_t duration_ms, bool open_time);

/* How many columns a text takes, counted in characters. */
size_t terminal_width(const char *text, size_t length);

#endif

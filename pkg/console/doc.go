// Package console is what the tool knows of the user's terminal: whether to
// colour, how wide it is, how to show text that came from elsewhere without
// letting it act on the terminal, how to lay out JSON and tables, and how to
// open an editor.
//
// It knows nothing of what is shown: no events, no HTTP, no commands. It holds
// no stream and no environment of its own; both are handed in. Text that is
// coloured must be made safe first, never after: [Safe] would show the colour
// codes. [JSON] and [Table] do both in the right order.
package console

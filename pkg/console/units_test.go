package console

import (
	"math"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	tests := []struct {
		in   time.Duration
		want string
	}{
		{0, "0 ms"},
		{1, "<1 µs"},
		{40 * time.Microsecond, "40 µs"},
		{99_499, "99 µs"},
		{99_500, "0.1 ms"},
		{400 * time.Microsecond, "0.4 ms"},
		{3200 * time.Microsecond, "3.2 ms"},
		{9_949_999, "9.9 ms"},
		{9_950_000, "10 ms"},
		{128 * time.Millisecond, "128 ms"},
		{999_499_999, "999 ms"},
		{999_500_000, "1.00 s"},
		{1200 * time.Millisecond, "1.20 s"},
		{9_995 * time.Millisecond, "10.0 s"},
		{12_340 * time.Millisecond, "12.3 s"},
		{59_949 * time.Millisecond, "59.9 s"},
		{59_950 * time.Millisecond, "1m00s"},
		{123 * time.Second, "2m03s"},
		{time.Hour - time.Second, "59m59s"},
		{time.Hour - 1, "1h00m"},
		{62*time.Minute + 20*time.Second, "1h02m"},
		{50 * time.Hour, "50h00m"},
		{-3200 * time.Microsecond, "-3.2 ms"},
		{math.MinInt64, "-2562047h47m"},
		{math.MaxInt64, "2562047h47m"},
	}
	for _, test := range tests {
		if got := Duration(test.in); got != test.want {
			t.Errorf("Duration(%d) = %q, want %q", test.in, got, test.want)
		}
	}
}

func TestParseBytes(t *testing.T) {
	for in, want := range map[string]int64{
		"1": 1, "512B": 512, "64KiB": 64 << 10, "1MiB": 1 << 20, "1.5 mib": 3 << 19, "2GiB": 2 << 30, "1kB": 1000, "3M": 3e6, "1e3": 1000,
	} {
		if got, err := ParseBytes(in); got != want || err != nil {
			t.Errorf("%s: got %d, %v, want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "MiB", "0", "-1MiB", "1TB", "NaN", "1e30", "1 MiB MiB", "0x10"} {
		if got, err := ParseBytes(in); err == nil {
			t.Errorf("%s: taken as %d", in, got)
		}
	}
}

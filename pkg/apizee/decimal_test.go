package apizee

import (
	"strings"
	"testing"
)

func TestCompareNumbers(t *testing.T) {
	// Each is less than the next; those of a row are the same.
	rows := [][]string{
		{"-1e999999999999999999999"}, {"-101"}, {"-100.000000000000000000001"}, {"-100", "-1e2", "-100.0", "-1000E-1"}, {"-99.9999999999999999999"}, {"-0.1"},
		{"-1e-999999999999999999999"}, {"0", "-0", "0.0", "0e5", "-0.00e-7"}, {"1e-999999999999999999999"}, {"0.001", "1e-3", "1E-3"}, {"0.1"}, {"0.9"},
		{"1", "1.0", "10e-1", "0.1e1", "1e0", "1e+0"}, {"1.000000000000000000000000001"}, {"2"}, {"9"}, {"10", "1e1", "1e+1"},
		{"89.9999999999999999999"}, {"90", "90." + strings.Repeat("0", 99)}, {"90.0000000000000000000001"}, {"9007199254740993"}, {"9007199254740994"}, {"1e999999999999999999999"},
	}
	for i, row := range rows {
		for j, other := range rows {
			for _, a := range row {
				for _, b := range other {
					if got, want := CompareNumbers(a, b), min(max(i-j, -1), 1); got != want {
						t.Errorf("%s and %s: got %d, want %d", a, b, got, want)
					}
				}
			}
		}
	}
}

func TestIsWhole(t *testing.T) {
	for number, want := range map[string]bool{
		"0": true, "-0.0": true, "0e-9": true, "0e9": true, "1": true, "-12": true, "1.0": true, "1e3": true, "1.5e1": true, "150e-1": true, "-1E+2": true,
		"1e999999999999999999999": true, "12345678901234567890123": true,
		"1.5": false, "15e-1": false, "0.1": false, "-0.5": false, "1e-1": false, "18446744073709551616.5": false, "1e-999999999999999999999": false,
	} {
		if got := IsWhole(number); got != want {
			t.Errorf("%s: got %t", number, got)
		}
	}
}

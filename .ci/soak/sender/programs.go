package main

import "github.com/apizee-hooks/apizee-hooks/ci/soak/lab"

func programs(l *lab.Lab) {}
func reports(l *lab.Lab)  {}

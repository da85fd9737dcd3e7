// Command s403 explores S3 and answers why a request was refused.
package main

import (
	"os"

	"s403/ui/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], cli.Stdio())) }

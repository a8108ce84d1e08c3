// Package rules holds tests of the repository as a whole: which package may
// import which, and what a program that uses one links.
package rules

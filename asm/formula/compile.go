package formula

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
)

// What read has found.
var (
	Kernels    []Kernel                     // in the order in which they are generated
	Optimizers []Kernel                     // those that update weights
	functions  = map[string]*ast.FuncDecl{} // that kernels call
	constants  = map[string]*Value{}
	signatures = map[string]string{} // of types and kernels
)

// read reads the kernels, and what they call, in the folder of package micro.
func read(dir string) error {
	for _, name := range []string{"functions.go", "generic_math.go", "generic_vector.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				declare(d)
			case *ast.FuncDecl:
				if d.Type.Results == nil {
					Kernels = append(Kernels, newKernel(d))
				}
				functions[d.Name.Name] = d
			}
		}
	}
	Optimizers = slices.DeleteFunc(slices.Clone(Kernels), func(k Kernel) bool { return k.Streams[0] != Weights })
	return nil
}

// declare evaluates constants, and takes down the types of functions.
func declare(d *ast.GenDecl) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.ValueSpec:
			constants[s.Names[0].Name] = scope{}.eval(s.Values[0])
		case *ast.TypeSpec:
			signatures[s.Name.Name] = types.ExprString(s.Type)
		}
	}
}

func newKernel(f *ast.FuncDecl) Kernel {
	doc := strings.TrimSuffix(strings.TrimPrefix(f.Doc.Text(), f.Name.Name+": "), ".\n")
	k := Kernel{
		Function: Function{strings.TrimSuffix(f.Name.Name, "Generic"), f.Name.Name, doc},
		reads:    map[string]Op{}, body: f.Body,
	}
	for _, field := range f.Type.Params.List {
		kind := types.ExprString(field.Type)
		for _, param := range field.Names {
			name := param.Name
			switch {
			case name == "lanes":
				k.Reduce, k.reads[name] = true, Lanes
			case kind == "*float32":
				k.Streams, k.reads[name] = append(k.Streams, name), Load
			case kind == "*uint8":
				k.Streams, k.reads[name] = append(k.Streams, name), LoadBytes
			case kind == "float32":
				k.Scalars = append(k.Scalars, name)
			}
		}
	}
	signatures[k.Type] = types.ExprString(f.Type)
	return k
}

// literal is a constant; hexadecimal integers are its bits.
func literal(l *ast.BasicLit) *Value {
	c := constant.MakeFromLiteral(l.Value, l.Kind, 0)
	if l.Kind == token.INT && strings.HasPrefix(l.Value, "0x") {
		bits, _ := constant.Uint64Val(c)
		return &Value{Op: Const, Bits: uint32(bits)}
	}
	x, _ := constant.Float32Val(c)
	return &Value{Op: Const, Bits: math.Float32bits(x)}
}

// A scope is what is known of the names in the body of a function.
type scope struct {
	*Program
	values map[string]*Value // also of the elements of streams and lanes, once they are read or written
	reads  map[string]Op     // how they are read
}

// Program returns the kernel's operations in order.
func (k Kernel) Program() *Program {
	s := scope{new(Program), maps.Clone(constants), k.reads}
	for _, name := range k.Scalars {
		s.values[name] = &Value{Op: Param, Name: name}
	}
	s.run(k.body.List)
	for i, v := range s.Values {
		for _, a := range v.Args {
			a.LastUse = i
		}
	}
	return s.Program
}

// run appends the operations of a body and returns its result.
func (s scope) run(body []ast.Stmt) *Value {
	for i, statement := range body {
		switch statement := statement.(type) {
		case *ast.RangeStmt: // over the elements: for one or many
			s.run(statement.Body.List)
		case *ast.IfStmt:
			return s.choose(statement, s.run(body[i+1:]))
		case *ast.AssignStmt:
			s.assign(statement)
		case *ast.ReturnStmt:
			return s.eval(statement.Results[0])
		default:
			panic("formula: not a statement of a kernel")
		}
	}
	return nil
}

// choose is what an if returns, where its condition holds, else y.
func (s scope) choose(statement *ast.IfStmt, y *Value) *Value {
	x := s.run(statement.Body.List)
	mask := s.eval(statement.Cond)
	if x.Op == Const && x.Bits == 0 {
		return s.emit("drop", "", mask, y)
	}
	return s.emit(Select, "", mask, x, y)
}

func (s scope) assign(a *ast.AssignStmt) {
	to := a.Lhs[0]
	var v *Value
	if a.Tok == token.ADD_ASSIGN {
		v = s.call("+", to, a.Rhs[0])
	} else {
		v = s.eval(a.Rhs[0])
	}
	if element, ok := to.(*ast.StarExpr); ok {
		name := arrayOf(element)
		s.values[name] = v
		write := Store
		if s.reads[name] == Lanes {
			write = SetLanes
		}
		s.emit(write, name, v)
	} else {
		s.values[to.(*ast.Ident).Name] = v
	}
}

// arrayOf is the name in *at(name, …).
func arrayOf(e *ast.StarExpr) string { return e.X.(*ast.CallExpr).Args[0].(*ast.Ident).Name }

func (s scope) eval(e ast.Expr) *Value {
	switch e := e.(type) {
	case *ast.Ident:
		if v, ok := s.values[e.Name]; ok {
			return v
		}
	case *ast.StarExpr:
		return s.read(arrayOf(e))
	case *ast.BasicLit:
		return literal(e)
	case *ast.UnaryExpr:
		return &Value{Op: Const, Bits: literal(e.X.(*ast.BasicLit)).Bits ^ 1<<31}
	case *ast.ParenExpr:
		return s.eval(e.X)
	case *ast.BinaryExpr:
		return s.call(e.Op.String(), e.X, e.Y)
	case *ast.CallExpr:
		return s.call(types.ExprString(e.Fun), e.Args...)
	}
	panic("formula: not an expression of a kernel: " + types.ExprString(e))
}

// read is the element of a stream, or of lanes. It is read where it is used first.
func (s scope) read(name string) *Value {
	if s.values[name] == nil {
		s.values[name] = s.emit(s.reads[name], name)
	}
	return s.values[name]
}

// call appends an operation, or those of a function.
func (s scope) call(name string, operands ...ast.Expr) *Value {
	var args []*Value
	for _, e := range operands {
		args = append(args, s.eval(e))
	}
	if name == "float32" || name == "math.Float32frombits" {
		return args[0]
	}
	f, ok := functions[name]
	if !ok {
		return s.emit(Op(name), "", args...)
	}
	inner := scope{Program: s.Program, values: maps.Clone(constants)}
	for i, param := range f.Type.Params.List[0].Names {
		inner.values[param.Name] = args[i]
	}
	return inner.run(f.Body.List)
}

package formula

import (
	_ "embed"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"math"
	"strings"
)

//go:embed kernels.go
var source string

// What kernels.go declares.
var (
	kernels, optimizers []Kernel
	functions           = map[string]*ast.FuncDecl{} // that kernels share
	constants           = map[string]*Value{}
)

// operations are those that statements can name.
var operations = map[string]Op{
	"+": Add, "-": Sub, "*": Mul, "/": Div, "sqrt": Sqrt,
	"fma": FMA, "fnma": FNMA, "max": Max,
	"<": Less, "<=": LessEqual, "drop": Drop, "choose": Select,
	"&": AndBits, "|": OrBits, "addBits": AddBits, "toExponent": ToExponent,
}

func init() {
	file, err := parser.ParseFile(token.NewFileSet(), "kernels.go", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		panic(err)
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, s := range d.Specs {
				c := s.(*ast.ValueSpec)
				constants[c.Names[0].Name] = literal(c.Values[0].(*ast.BasicLit))
			}
		case *ast.FuncDecl:
			if d.Type.Results != nil {
				functions[d.Name.Name] = d
			} else {
				kernels = append(kernels, newKernel(d))
			}
		}
	}
	for _, k := range kernels {
		if k.Streams[0] == Weights {
			optimizers = append(optimizers, k)
		}
	}
}

func newKernel(f *ast.FuncDecl) Kernel {
	k := Kernel{Name: f.Name.Name, Doc: strings.TrimSpace(f.Doc.Text()), reads: map[string]Op{}, body: f.Body}
	params := "n int"
	for _, field := range f.Type.Params.List {
		kind := types.ExprString(field.Type)
		for _, param := range field.Names {
			name := param.Name
			params += ", " + name + " " + kind
			switch {
			case name == "lanes":
				k.Reduce, k.reads[name] = true, Lanes
			case kind == "float32":
				k.Scalars = append(k.Scalars, name)
			default:
				k.Streams = append(k.Streams, name)
				k.reads[name] = map[string]Op{"*float32": Load, "*uint8": LoadBytes}[kind]
			}
		}
	}
	k.Signature = "func(" + params + ")"
	return k
}

// literal is a constant; 0x… are its bits.
func literal(l *ast.BasicLit) *Value {
	c := constant.MakeFromLiteral(l.Value, l.Kind, 0)
	if strings.HasPrefix(l.Value, "0x") {
		bits, _ := constant.Uint64Val(c)
		return &Value{Op: Const, Bits: uint32(bits)}
	}
	x, _ := constant.Float32Val(c)
	return &Value{Op: Const, Bits: math.Float32bits(x)}
}

// A scope is what the names in the body of a function stand for.
type scope struct {
	*Program
	values map[string]*Value
	reads  map[string]Op // how parameters of a kernel are read
}

// Program returns the kernel's operations in order.
func (k Kernel) Program() *Program {
	s := scope{new(Program), maps.Clone(constants), k.reads}
	for _, name := range k.Scalars {
		s.values[name] = &Value{Op: Param, Name: name}
	}
	s.run(k.body)
	return s.Program
}

// run appends the operations of a body and returns its result.
func (s scope) run(body *ast.BlockStmt) *Value {
	for _, statement := range body.List {
		switch statement := statement.(type) {
		case *ast.ReturnStmt:
			return s.eval(statement.Results[0])
		case *ast.AssignStmt:
			s.assign(statement.Lhs[0].(*ast.Ident).Name, s.eval(statement.Rhs[0]))
		}
	}
	return nil
}

// assign gives a value a name, and writes it if that is a parameter of a kernel.
func (s scope) assign(name string, v *Value) {
	s.values[name] = v
	if read, ok := s.reads[name]; ok {
		s.emit(map[Op]Op{Load: Store, Lanes: SetLanes}[read], name, v)
	}
}

func (s scope) eval(e ast.Expr) *Value {
	switch e := e.(type) {
	case *ast.Ident:
		return s.value(e.Name)
	case *ast.BasicLit:
		return literal(e)
	case *ast.ParenExpr:
		return s.eval(e.X)
	case *ast.BinaryExpr:
		return s.call(e.Op.String(), e.X, e.Y)
	case *ast.CallExpr:
		return s.call(e.Fun.(*ast.Ident).Name, e.Args...)
	}
	panic("formula: cannot compile " + types.ExprString(e))
}

// value is what a name stands for. A parameter is read where it is used first.
func (s scope) value(name string) *Value {
	if _, ok := s.values[name]; !ok {
		read, ok := s.reads[name]
		if !ok {
			panic("formula: undefined: " + name)
		}
		s.values[name] = s.emit(read, name)
	}
	return s.values[name]
}

// call appends an operation, or those of a function.
func (s scope) call(name string, operands ...ast.Expr) *Value {
	var args []*Value
	for _, e := range operands {
		args = append(args, s.eval(e))
	}
	if op, ok := operations[name]; ok {
		return s.emit(op, "", args...)
	}
	f, ok := functions[name]
	if !ok {
		panic("formula: undefined: " + name)
	}
	inner := scope{Program: s.Program, values: maps.Clone(constants)}
	for i, param := range f.Type.Params.List[0].Names {
		inner.values[param.Name] = args[i]
	}
	return inner.run(f.Body)
}

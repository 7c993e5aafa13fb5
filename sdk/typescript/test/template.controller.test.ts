import { testAgainstController } from "./contract.js";
import { library } from "./template.js";

testAgainstController(library);
